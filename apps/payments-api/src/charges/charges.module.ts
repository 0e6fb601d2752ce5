import { Module } from '@nestjs/common';
import type { Clock } from '#clock';
import { Leases } from '#leases';
import { PostgresOutbox } from '#messaging';
import { Database, type PgTransaction } from '#postgres';
import { BatchRunner, Commands, sweep } from '#saga';
import { CLOCK, keep, LeasedJob, LOG, SETTINGS, Shutdown, StepsModule } from '#service';
import type { Log } from '#telemetry';
import { Admission } from '../admission/admission.js';
import { AnswerWaiters } from '../idempotency/answer-waiters.js';
import { OpenClaims } from '../idempotency/open-claims.js';
import { serviceName } from '../service-name.js';
import type { PaymentsSettings } from '../settings.js';
import { ChargeIntake } from './charge-intake.js';
import { ChargeMetrics } from './charge-metrics.js';
import { ChargeReading } from './charge-reading.js';
import { charges } from './charge-record.js';
import { ChargeUpdate } from './charge-update.js';
import { ChargeRepository } from './charge.repository.js';
import { ChargesAdmin } from './charges-admin.http.js';
import { ChargesController } from './charges.controller.js';
import { creations } from './create-charge.js';
import { CreationRepository } from './creation.repository.js';
import { onAuthorizationDeclined } from './on-authorization-declined.js';
import { onAuthorizationFailed } from './on-authorization-failed.js';
import { onChargePosted } from './on-charge-posted.js';
import { onChargeReleased } from './on-charge-released.js';
import { PendingAnswers } from './pending-answers.js';
import { SettlementsModule } from './settlements.module.js';

const SWEEP_EVERY_MS = 5_000;

/** Charges: what merchants ask for, and how each of them can end. */
@Module({
  imports: [
    SettlementsModule,
    StepsModule.forFeature({
      imports: [SettlementsModule],
      aggregates: [keep(charges, ChargeRepository), keep(creations, CreationRepository)],
      steps: [onAuthorizationDeclined, onAuthorizationFailed, onChargePosted, onChargeReleased],
    }),
  ],
  controllers: [ChargesController],
  providers: [
    ChargesAdmin,
    {
      provide: PendingAnswers,
      inject: [Database, AnswerWaiters, CLOCK],
      useFactory: (database: Database, waiters: AnswerWaiters, clock: Clock) =>
        new PendingAnswers(database, waiters, clock),
    },
    {
      provide: ChargeIntake,
      inject: [
        Database,
        Commands,
        BatchRunner,
        Admission,
        OpenClaims,
        AnswerWaiters,
        PendingAnswers,
        CLOCK,
        LOG,
        ChargeMetrics,
        SETTINGS,
      ],
      useFactory: (
        database: Database,
        commands: Commands<PgTransaction>,
        runner: BatchRunner<PgTransaction>,
        admission: Admission,
        claims: OpenClaims,
        waiters: AnswerWaiters,
        pending: PendingAnswers,
        clock: Clock,
        log: Log,
        { answered: observe }: ChargeMetrics,
        { COMMIT_WITHIN_MS: commitWithinMs }: PaymentsSettings,
      ) => {
        const parts = { database, commands, runner, admission, claims, waiters, pending, clock, log };
        return new ChargeIntake({ ...parts, observe, commitWithinMs });
      },
    },
    {
      provide: ChargeUpdate,
      inject: [Database, ChargeRepository, CLOCK, SETTINGS],
      useFactory: (database: Database, repository: ChargeRepository, clock: Clock, settings: PaymentsSettings) =>
        new ChargeUpdate(database, repository, clock, { commitWithinMs: settings.COMMIT_WITHIN_MS }),
    },
    {
      provide: ChargeReading,
      inject: [Database, CLOCK],
      useFactory: (database: Database, clock: Clock) => new ChargeReading(database, clock),
    },
    {
      provide: Symbol('sweeper'),
      inject: [Database, PostgresOutbox, ChargeRepository, Leases, CLOCK, LOG, Shutdown],
      useFactory: (
        store: Database,
        outbox: PostgresOutbox,
        stalled: ChargeRepository,
        leases: Leases,
        clock: Clock,
        log: Log,
        shutdown: Shutdown,
      ) => {
        const run = async (): Promise<void> => {
          const found = await sweep({ service: serviceName, store, outbox, aggregate: charges, stalled, clock });
          if (found > 0) log.info({ found }, 'charges had not moved: asked for them again');
        };
        const job = new LeasedJob({ name: 'charge-sweeper', everyMs: SWEEP_EVERY_MS, run }, leases, clock, log);
        shutdown.during('workers', 'the sweeper of charges', () => job.close());
        return job;
      },
    },
  ],
})
export class ChargesModule {}
