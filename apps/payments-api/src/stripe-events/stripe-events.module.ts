import { Module } from '@nestjs/common';
import { AccountClocksModule } from '../test-clocks/account-clocks.module.js';
import { StripeEvents } from './stripe-events.js';

/** Events of Stripe's API, for the modules whose changes they tell. */
@Module({
  imports: [AccountClocksModule],
  providers: [StripeEvents],
  exports: [StripeEvents],
})
export class StripeEventsModule {}
