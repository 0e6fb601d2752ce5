import { Module } from '@nestjs/common';
import { Leases } from '#leases';
import { Metrics } from '#telemetry';
import { AdmissionModule } from '../admission/admission.module.js';
import { UnsettledCharges } from '../admission/unsettled-charges.js';
import { AnswerWaiters } from '../idempotency/answer-waiters.js';
import { AnswerWatch } from '../idempotency/answer-watch.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { AccountClocksModule } from '../test-clocks/account-clocks.module.js';
import { ChargeMetrics } from './charge-metrics.js';
import { Settlements } from './settlements.js';

/** What the repositories of charges need, and share with the routes. */
@Module({
  imports: [IdempotencyModule, AdmissionModule, AccountClocksModule],
  providers: [
    { provide: ChargeMetrics, inject: [Metrics], useFactory: (metrics: Metrics) => new ChargeMetrics(metrics) },
    {
      provide: Settlements,
      inject: [AnswerWaiters, AnswerWatch, UnsettledCharges, Leases, ChargeMetrics],
      useFactory: (
        waiters: AnswerWaiters,
        watch: AnswerWatch,
        unsettled: UnsettledCharges,
        leases: Leases,
        metrics: ChargeMetrics,
      ) => new Settlements(waiters, watch, unsettled, leases.holder, metrics.settled),
    },
  ],
  exports: [IdempotencyModule, AdmissionModule, AccountClocksModule, Settlements, ChargeMetrics],
})
export class SettlementsModule {}
