import { Module } from '@nestjs/common';
import { Leases } from '#leases';
import { provide } from '#service';
import { AdmissionModule } from '../admission/admission.module.js';
import { UnsettledCharges } from '../admission/unsettled-charges.js';
import { AnswerWaiters } from '../idempotency/answer-waiters.js';
import { AnswerWatch } from '../idempotency/answer-watch.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { StripeEventsModule } from '../stripe-events/stripe-events.module.js';
import { AccountClocksModule } from '../test-clocks/account-clocks.module.js';
import { ChargeMetrics } from './effects/charge-metrics.js';
import { Settlements } from './effects/settlements.js';

/** Providers that the repositories of charges share with the routes. */
@Module({
  imports: [IdempotencyModule, AdmissionModule, AccountClocksModule, StripeEventsModule],
  providers: [
    ChargeMetrics,
    provide(
      Settlements,
      [AnswerWaiters, AnswerWatch, UnsettledCharges, Leases, ChargeMetrics],
      (waiters, watch, unsettled, { holder }, { settled }) =>
        new Settlements(waiters, watch, unsettled, holder, settled),
    ),
  ],
  exports: [IdempotencyModule, AdmissionModule, AccountClocksModule, StripeEventsModule, Settlements, ChargeMetrics],
})
export class SettlementsModule {}
