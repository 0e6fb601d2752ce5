import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { StripeErrorFilter } from './stripe-error.filter.js';

/** What holds for every route: an API key, and Stripe's envelope around every error. */
@Module({
  imports: [AccountsModule],
  providers: [
    ApiKeyGuard,
    { provide: APP_GUARD, useExisting: ApiKeyGuard },
    { provide: APP_FILTER, useClass: StripeErrorFilter },
  ],
})
export class StripeHttpModule {}
