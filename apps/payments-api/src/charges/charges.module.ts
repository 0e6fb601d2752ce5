import { Module } from '@nestjs/common';
import type { Clock } from '#clock';
import { PostgresOutbox } from '#messaging';
import { Database, type PgTransaction } from '#postgres';
import { BatchRunner, Commands, sweep } from '#saga';
import { afterCommit, AggregatesModule, CLOCK, Jobs, keep, LOG, SETTINGS } from '#service';
import { Tracing, type Log } from '#telemetry';
import { Turns } from '../admission/turns.js';
import { AnswerWaiters } from '../idempotency/answer-waiters.js';
import { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import { OpenClaims } from '../idempotency/open-claims.js';
import { serviceName } from '../service-name.js';
import type { PaymentsSettings } from '../settings.js';
import { ListPages } from '../lists/list-pages.js';
import { ListsModule } from '../lists/lists.module.js';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import { ChargeCapture } from './charge-capture.js';
import { ChargeCreation } from './charge-creation.js';
import { ChargeEventsController } from './charge-events.controller.js';
import { ChargeMetrics } from './charge-metrics.js';
import { ChargeReading } from './charge-reading.js';
import { charges, sweptCharges } from './charge-record.js';
import { chargeRequests } from './charge-request.js';
import { ChargeRequestRepository } from './charge-request.repository.js';
import { ChargeUpdate } from './charge-update.js';
import { ChargeRepository } from './charge.repository.js';
import { ChargesAdmin } from './charges-admin.http.js';
import { ChargesController } from './charges.controller.js';
import { ExpiryJob } from './expiry-job.js';
import { KeyedRequests } from './keyed-requests.js';
import { PendingAnswers } from './pending-answers.js';
import { Settlements } from './settlements.js';
import { SettlementsModule } from './settlements.module.js';

const SWEEP_EVERY_MS = 5_000;

const EXPIRE_EVERY_MS = 5_000;

const aggregates = AggregatesModule.forFeature({
  imports: [SettlementsModule],
  aggregates: [keep(charges, ChargeRepository), keep(chargeRequests, ChargeRequestRepository)],
  effects: [afterCommit('charges_moved', Settlements)],
});

/** Charges: what merchants ask for, and how each of them can end. */
@Module({
  imports: [ListsModule, SettlementsModule, aggregates],
  controllers: [ChargesController, ChargeEventsController],
  providers: [
    ChargesAdmin,
    ChargeCreation,
    ChargeCapture,
    {
      provide: PendingAnswers,
      inject: [Database, AnswerWaiters, AccountClocks],
      useFactory: (database: Database, waiters: AnswerWaiters, clocks: AccountClocks) =>
        new PendingAnswers(database, waiters, clocks),
    },
    {
      provide: KeyedRequests,
      inject: [
        Database,
        Commands,
        BatchRunner,
        Turns,
        OpenClaims,
        AnswerWaiters,
        PendingAnswers,
        CLOCK,
        LOG,
        Tracing,
        ChargeMetrics,
        SETTINGS,
      ],
      useFactory: (
        database: Database,
        commands: Commands<PgTransaction>,
        runner: BatchRunner<PgTransaction>,
        turns: Turns,
        claims: OpenClaims,
        waiters: AnswerWaiters,
        pending: PendingAnswers,
        clock: Clock,
        log: Log,
        tracing: Tracing,
        { answered: observe }: ChargeMetrics,
        { COMMIT_WITHIN_MS: commitWithinMs }: PaymentsSettings,
      ) => {
        const parts = { database, commands, runner, turns, claims, waiters, pending, clock, log, tracing };
        return new KeyedRequests({ ...parts, observe, commitWithinMs });
      },
    },
    {
      provide: ChargeUpdate,
      inject: [KeyedTransaction, ChargeRepository, AccountClocks],
      useFactory: (keyed: KeyedTransaction, repository: ChargeRepository, clocks: AccountClocks) =>
        new ChargeUpdate(keyed, repository, clocks),
    },
    {
      provide: ChargeReading,
      inject: [Database, AccountClocks, ListPages],
      useFactory: (database: Database, clocks: AccountClocks, pages: ListPages) =>
        new ChargeReading(database, clocks, pages),
    },
    {
      provide: ExpiryJob,
      inject: [Database, BatchRunner, CLOCK, LOG, Jobs],
      useFactory: (database: Database, runner: BatchRunner<PgTransaction>, clock: Clock, log: Log, jobs: Jobs) => {
        const expiry = new ExpiryJob(database, runner, clock, log);
        jobs.onOneInstance({ name: 'charge-expiry', everyMs: EXPIRE_EVERY_MS, run: (stopped) => expiry.run(stopped) });
        return expiry;
      },
    },
    {
      provide: Symbol('sweeper'),
      inject: [Database, PostgresOutbox, ChargeRepository, CLOCK, LOG, Jobs],
      useFactory: (
        store: Database,
        outbox: PostgresOutbox,
        stalled: ChargeRepository,
        clock: Clock,
        log: Log,
        jobs: Jobs,
      ) => {
        const parts = { service: serviceName, store, outbox, aggregate: sweptCharges, stalled, clock };
        const onSwept = (found: number): void => log.info({ found }, 'charges had not moved: asked for them again');
        jobs.onOneInstance({ name: 'charge-sweeper', everyMs: SWEEP_EVERY_MS, run: () => sweep(parts, onSwept) });
        return undefined;
      },
    },
  ],
  exports: [aggregates, KeyedRequests, ExpiryJob],
})
export class ChargesModule {}
