import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Clock } from '#clock';
import { PostgresOutbox } from '#messaging';
import { Database, type PgTransaction } from '#postgres';
import { BatchRunner, Commands, sweep } from '#saga';
import { afterCommit, AggregatesModule, CLOCK, Jobs, keep, LOG, provide } from '#service';
import { Tracing, type Log } from '#telemetry';
import { AdmissionControl } from '../admission/admission-control.js';
import { Turns } from '../admission/turns.js';
import { AnswerWaiters } from '../idempotency/answer-waiters.js';
import { OpenClaims } from '../idempotency/open-claims.js';
import { serviceName } from '../service-name.js';
import { paymentsConfig } from '../settings.js';
import { ListsModule } from '../lists/lists.module.js';
import { ChargeCapture } from './requests/charge-capture.js';
import { ChargeCreation } from './requests/charge-creation.js';
import { ChargeEventsController } from './events/charge-events.controller.js';
import { ChargeMetrics } from './effects/charge-metrics.js';
import { ChargeReading } from './reading/charge-reading.js';
import { charges, sweptCharges } from './charge/charge-record.js';
import { chargeRequests } from './requests/charge-request.js';
import { ChargeRequestRepository } from './requests/charge-request.repository.js';
import { ChargeUpdate } from './requests/charge-update.js';
import { ChargeEventEntity } from './store/charge-event.entity.js';
import { ChargeViewRepository } from './store/charge-view.repository.js';
import { ChargeEntity } from './store/charge.entity.js';
import { ChargeRepository } from './store/charge.repository.js';
import { RefundEntity } from './store/refund.entity.js';
import { StalledCharges } from './store/stalled-charges.repository.js';
import { ChargesAdmin } from './http/charges-admin.http.js';
import { ChargesController } from './http/charges.controller.js';
import { ExpiryJob } from './jobs/expiry-job.js';
import { KeyedRequests } from './requests/keyed-requests.js';
import { PendingAnswers } from './requests/pending-answers.js';
import { Settlements } from './effects/settlements.js';
import { SettlementsModule } from './settlements.module.js';

const SWEEP_EVERY_MS = 5_000;

const EXPIRE_EVERY_MS = 5_000;

const aggregates = AggregatesModule.forFeature({
  imports: [SettlementsModule],
  aggregates: [keep(charges, ChargeRepository), keep(chargeRequests, ChargeRequestRepository)],
  effects: [afterCommit('charges_moved', Settlements)],
});

/** Charges and the requests that change them. */
@Module({
  imports: [
    TypeOrmModule.forFeature([ChargeEntity, ChargeEventEntity, RefundEntity]),
    ListsModule,
    SettlementsModule,
    aggregates,
  ],
  controllers: [ChargesController, ChargeEventsController],
  providers: [
    ChargesAdmin,
    ChargeViewRepository,
    ChargeCreation,
    ChargeCapture,
    PendingAnswers,
    provide(
      KeyedRequests,
      [
        Database,
        Commands<PgTransaction>,
        BatchRunner<PgTransaction>,
        AdmissionControl,
        Turns,
        OpenClaims,
        AnswerWaiters,
        PendingAnswers,
        CLOCK,
        LOG,
        Tracing,
        ChargeMetrics,
        paymentsConfig.KEY,
      ],
      (
        database,
        commands,
        runner,
        admission,
        turns,
        claims,
        waiters,
        pending,
        clock,
        log,
        tracing,
        metrics,
        settings,
      ) => {
        const parts = { database, commands, runner, admission, turns, claims, waiters, pending, clock, log, tracing };
        return new KeyedRequests({
          ...parts,
          observe: metrics.answered,
          commitWithinMs: settings.COMMIT_WITHIN_MS,
        });
      },
    ),
    ChargeUpdate,
    ChargeReading,
    ExpiryJob,
    StalledCharges,
  ],
  exports: [aggregates, KeyedRequests, ExpiryJob],
})
export class ChargesModule implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly outbox: PostgresOutbox,
    private readonly stalled: StalledCharges,
    private readonly expiry: ExpiryJob,
    private readonly jobs: Jobs,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { database: store, outbox, stalled, expiry, jobs, clock, log } = this;
    jobs.onOneInstance({ name: 'charge-expiry', everyMs: EXPIRE_EVERY_MS, run: (stopped) => expiry.run(stopped) });
    const parts = { service: serviceName, store, outbox, aggregate: sweptCharges, stalled, clock };
    const onSwept = (found: number): void => log.info({ found }, 'charges had not moved: asked for them again');
    jobs.onOneInstance({ name: 'charge-sweeper', everyMs: SWEEP_EVERY_MS, run: () => sweep(parts, onSwept) });
  }
}
