import { ParameterReader } from '../../protocol/parameter-reader.js';
import type { Parameters } from '../../protocol/parameters.js';
import { invalidRequest, resourceMissing } from '../../protocol/stripe-error.js';
import { readMetadata, refuseConnect } from './charge-details.js';
import { readExpand, refundPaths } from '../../protocol/expand.js';
import { refundReasons, type ChargeRefund, type RefundReason } from '../charge/refund.js';

/** A valid `POST /v1/refunds`. */
export interface RefundParameters {
  readonly chargeId: string;
  /** Absent: all that is left. */
  readonly amountMinor: number | undefined;
  readonly reason: RefundReason | null;
  readonly metadata: ChargeRefund['metadata'];
  readonly expand: readonly string[];
}

const ofConnect = ['refund_application_fee', 'reverse_transfer'] as const;
/** Of payment methods that need a customer's help; cards do not. */
const ofOtherMethods = ['currency', 'customer', 'instructions_email', 'origin'] as const;
const known = ['amount', 'charge', 'expand', 'metadata', 'payment_intent', 'reason', ...ofConnect, ...ofOtherMethods];

/** @throws StripeError 400, naming the parameter; nothing has begun then, and nothing is stored */
export function readRefundParameters(parameters: Parameters): RefundParameters {
  const reader = new ParameterReader(parameters, known);
  refuseConnect(reader, ofConnect);
  for (const name of ofOtherMethods) {
    if (reader.has(name)) throw invalidRequest(`${name} has no meaning for a refund to a card.`, { param: name });
  }
  const intent = reader.text('payment_intent', { max: 255 });
  if (intent !== undefined) throw resourceMissing('payment_intent', intent, 'payment_intent', 400);
  return {
    chargeId: reader.requiredText('charge', { max: 255 }),
    amountMinor: reader.integer('amount', { min: 1 }),
    reason: reader.oneOf('reason', refundReasons) ?? null,
    metadata: readMetadata(reader, {}) ?? {},
    expand: readExpand(reader, { paths: refundPaths }),
  };
}
