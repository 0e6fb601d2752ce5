import { AccountsModule } from './accounts/accounts.module.js';
import { BalanceModule } from './balance/balance.module.js';
import { ChargesModule } from './charges/charges.module.js';
import { CustomersModule } from './customers/customers.module.js';
import { StripeHttpModule } from './http/stripe-http.module.js';
import { PaymentIntentsModule } from './payment-intents/payment-intents.module.js';
import { RefundsModule } from './charges/refunds.module.js';
import { EventListsModule } from './stripe-events/event-lists.module.js';
import { PaymentMethodsModule } from './payment-methods/payment-methods.module.js';
import { TestClocksModule } from './test-clocks/test-clocks.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The service without its frame; tests run the same on a frame of their own. */
export const apiModules = [
  AccountsModule,
  StripeHttpModule,
  ChargesModule,
  RefundsModule,
  PaymentIntentsModule,
  TestClocksModule,
  TokensModule,
  PaymentMethodsModule,
  CustomersModule,
  BalanceModule,
  EventListsModule,
  WebhooksModule,
];
