import type { EntityClass } from '#postgres';
import { ApiKeyEntity } from './accounts/api-key.entity.js';
import { BalanceRollupHorizonEntity } from './balance/balance-rollup-horizon.entity.js';
import { BalanceRollupEntity } from './balance/balance-rollup.entity.js';
import { BalanceTransactionEntity } from './balance/balance-transaction.entity.js';
import { ChargeEventEntity } from './charges/store/charge-event.entity.js';
import { ChargeEntity } from './charges/store/charge.entity.js';
import { IdempotencyAnswerEntity } from './idempotency/idempotency-answer.entity.js';
import { IdempotencyKeyEntity } from './idempotency/idempotency-key.entity.js';
import { RefundEntity } from './charges/store/refund.entity.js';
import { PaymentIntentEntity } from './payment-intents/store/payment-intent.entity.js';
import { StripeEventEntity } from './stripe-events/stripe-event.entity.js';
import { TestClockEntity } from './test-clocks/test-clock.entity.js';
import { WebhookDeliveryEntity } from './webhooks/webhook-delivery.entity.js';
import { WebhookEndpointEntity } from './webhooks/webhook-endpoint.entity.js';

/** One for each table of payments-api's own. */
export const entities: readonly EntityClass[] = [
  ApiKeyEntity,
  BalanceRollupEntity,
  BalanceRollupHorizonEntity,
  BalanceTransactionEntity,
  ChargeEntity,
  ChargeEventEntity,
  IdempotencyAnswerEntity,
  IdempotencyKeyEntity,
  PaymentIntentEntity,
  RefundEntity,
  StripeEventEntity,
  TestClockEntity,
  WebhookDeliveryEntity,
  WebhookEndpointEntity,
];
