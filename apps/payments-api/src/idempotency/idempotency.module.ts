import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Leases } from '#leases';
import { Database } from '#postgres';
import { CLOCK, Jobs, provide, Shutdown } from '#service';
import { Metrics } from '#telemetry';
import { KeyedHash } from '../accounts/keyed-hash.js';
import { paymentsConfig } from '../settings.js';
import { AnswerWaiters } from './answer-waiters.js';
import { AnswerWatch } from './answer-watch.js';
import { CLAIM_PARTS } from './claim-of-request.http.js';
import { IdempotencyAnswerEntity } from './idempotency-answer.entity.js';
import { IdempotencyKeyEntity } from './idempotency-key.entity.js';
import { instanceLeaseOf } from './key.repository.js';
import { KeyViewRepository } from './key-view.repository.js';
import { KeyedTransaction } from './keyed-transaction.js';
import { OpenClaims } from './open-claims.js';
import { reaper } from './reaper.js';

@Module({
  imports: [TypeOrmModule.forFeature([IdempotencyKeyEntity, IdempotencyAnswerEntity])],
  providers: [
    KeyViewRepository,
    OpenClaims,
    provide(AnswerWaiters, [CLOCK, Metrics, Shutdown], (clock, metrics, shutdown) => {
      const waiters = new AnswerWaiters(clock);
      metrics.gauge({ name: 'charge_waiters', help: 'Requests that wait for their charge.' }, (gauge) =>
        gauge.set(waiters.count),
      );
      // Requests that still wait at shutdown are answered with the current state of their charge.
      shutdown.during('http', 'the held requests', () => waiters.stopWaiting());
      return waiters;
    }),
    provide(AnswerWatch, [Database, AnswerWaiters, Jobs, Shutdown], async (database, waiters, jobs, shutdown) => {
      const watch = new AnswerWatch(database, waiters);
      await watch.start();
      jobs.onEveryInstance(watch.poll);
      shutdown.during('workers', 'the watch for answers', () => watch.close());
      return watch;
    }),
    provide(CLAIM_PARTS, [KeyedHash, Leases, paymentsConfig.KEY], (hash, leases, { ANSWER_WITHIN_MS }) => {
      // While this lease is held, other instances answer 409 for keys that this one processes.
      leases.contend(instanceLeaseOf(leases.holder), { onAcquired: () => undefined, onLost: () => undefined });
      return { hash, holder: leases.holder, answerWithinMs: ANSWER_WITHIN_MS };
    }),
    provide(
      KeyedTransaction,
      [Database, CLOCK, paymentsConfig.KEY],
      (database, clock, settings) =>
        new KeyedTransaction(database, clock, { commitWithinMs: settings.COMMIT_WITHIN_MS }),
    ),
  ],
  exports: [KeyViewRepository, KeyedTransaction, OpenClaims, AnswerWaiters, AnswerWatch, CLAIM_PARTS],
})
export class IdempotencyModule implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.onOneInstance(reaper(this.database));
  }
}
