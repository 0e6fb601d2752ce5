import type { EntityClass } from '#postgres';
import { ApiKeyEntity } from './accounts/api-key.entity.js';
import { BalanceRollupHorizonEntity } from './balance/balance-rollup-horizon.entity.js';
import { BalanceRollupEntity } from './balance/balance-rollup.entity.js';
import { BalanceTransactionEntity } from './balance/balance-transaction.entity.js';
import { ChargeEventEntity } from './charges/store/charge-event.entity.js';
import { ChargeEntity } from './charges/store/charge.entity.js';
import { CustomerEntity } from './customers/customer/customer.entity.js';
import { IdempotencyAnswerEntity } from './idempotency/idempotency-answer.entity.js';
import { IdempotencyKeyEntity } from './idempotency/idempotency-key.entity.js';
import { PaymentMethodEntity } from './payment-methods/payment-method.entity.js';
import { RefundEntity } from './charges/store/refund.entity.js';
import { PaymentIntentEntity } from './payment-intents/store/payment-intent.entity.js';
import { StripeEventEntity } from './stripe-events/stripe-event.entity.js';
import { TestClockEntity } from './test-clocks/test-clock.entity.js';
import { WebhookDeliveryEntity } from './webhooks/webhook-delivery.entity.js';
import { WebhookEndpointEntity } from './webhooks/webhook-endpoint.entity.js';
import { SetupIntentEntity } from './setup-intents/setup-intent.entity.js';
import { TokenEntity } from './tokens/token.entity.js';

/** One for each table of payments-api's own. */
export const entities: readonly EntityClass[] = [
  ApiKeyEntity,
  BalanceRollupEntity,
  BalanceRollupHorizonEntity,
  BalanceTransactionEntity,
  ChargeEntity,
  ChargeEventEntity,
  CustomerEntity,
  IdempotencyAnswerEntity,
  IdempotencyKeyEntity,
  PaymentIntentEntity,
  PaymentMethodEntity,
  RefundEntity,
  StripeEventEntity,
  TestClockEntity,
  WebhookDeliveryEntity,
  WebhookEndpointEntity,
  SetupIntentEntity,
  TokenEntity,
];
