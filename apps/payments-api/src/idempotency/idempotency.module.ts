import { Module } from '@nestjs/common';
import type { Clock } from '#clock';
import { Leases } from '#leases';
import { Database } from '#postgres';
import { CLOCK, Jobs, SETTINGS, Shutdown } from '#service';
import { Metrics } from '#telemetry';
import { KeyedHash } from '../accounts/keyed-hash.js';
import type { PaymentsSettings } from '../settings.js';
import { AnswerWaiters } from './answer-waiters.js';
import { AnswerWatch } from './answer-watch.js';
import { CLAIM_PARTS, type ClaimParts } from './claim-of-request.http.js';
import { instanceLeaseOf } from './key.repository.js';
import { KeyedTransaction } from './keyed-transaction.js';
import { OpenClaims } from './open-claims.js';
import { reaper } from './reaper.js';

@Module({
  providers: [
    { provide: OpenClaims, useFactory: () => new OpenClaims() },
    {
      provide: AnswerWaiters,
      inject: [CLOCK, Metrics, Shutdown],
      useFactory: (clock: Clock, metrics: Metrics, shutdown: Shutdown) => {
        const waiters = new AnswerWaiters(clock);
        metrics.gauge({ name: 'charge_waiters', help: 'Requests that wait for their charge.' }, (gauge) =>
          gauge.set(waiters.count),
        );
        // Requests that still wait at shutdown are answered with the current state of their charge.
        shutdown.during('http', 'the held requests', () => waiters.stopWaiting());
        return waiters;
      },
    },
    {
      provide: AnswerWatch,
      inject: [Database, AnswerWaiters, Jobs, Shutdown],
      useFactory: async (database: Database, waiters: AnswerWaiters, jobs: Jobs, shutdown: Shutdown) => {
        const watch = new AnswerWatch(database, waiters);
        await watch.start();
        jobs.onEveryInstance(watch.poll);
        shutdown.during('workers', 'the watch for answers', () => watch.close());
        return watch;
      },
    },
    {
      provide: CLAIM_PARTS,
      inject: [KeyedHash, Leases, SETTINGS],
      useFactory: (hash: KeyedHash, leases: Leases, { ANSWER_WITHIN_MS }: PaymentsSettings): ClaimParts => {
        // While this lease is held, other instances answer 409 for keys that this one processes.
        leases.contend(instanceLeaseOf(leases.holder), { onAcquired: () => undefined, onLost: () => undefined });
        return { hash, holder: leases.holder, answerWithinMs: ANSWER_WITHIN_MS };
      },
    },
    {
      provide: KeyedTransaction,
      inject: [Database, CLOCK, SETTINGS],
      useFactory: (database: Database, clock: Clock, { COMMIT_WITHIN_MS: commitWithinMs }: PaymentsSettings) =>
        new KeyedTransaction(database, clock, { commitWithinMs }),
    },
    {
      provide: Symbol('reaper'),
      inject: [Database, Jobs],
      useFactory: (database: Database, jobs: Jobs) => jobs.onOneInstance(reaper(database)),
    },
  ],
  exports: [KeyedTransaction, OpenClaims, AnswerWaiters, AnswerWatch, CLAIM_PARTS],
})
export class IdempotencyModule {}
