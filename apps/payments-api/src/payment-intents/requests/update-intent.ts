import type { Instant } from '#clock';
import { money } from '#money';
import { amountOutOfBounds } from '../../charges/parameters/create-parameters.js';
import { changesOf, noDetails } from '../../charges/parameters/charge-details.js';
import { notUpdatable } from '../answers/intent-errors.js';
import { changeIntent, type IntentPaymentMethod, type PaymentIntent } from '../intent/payment-intent.js';
import type { IntentUpdateParameters } from '../parameters/intent-parameters.js';
import { afterAttempt, statusOf, type ChargedIntent, type IntentStatus } from '../state/intent-status.js';
import { futureUsage } from './new-intent.js';

/** Parameters that decide about the next charge. */
const terms = [
  'amount',
  'currency',
  'customer',
  'capture_method',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'payment_method_types',
  'setup_future_usage',
  'statement_descriptor_suffix',
] as const;

const open: readonly IntentStatus[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/**
 * What an update changes; parameters that are absent leave things as they are.
 *
 * @throws StripeError 400 for what the status of the intent does not allow
 */
export function updateIntent(
  charged: ChargedIntent,
  given: IntentUpdateParameters,
  paymentMethod: IntentPaymentMethod | undefined,
  now: Instant,
): PaymentIntent {
  const { intent } = charged;
  const named = terms.find((term) => given[term] !== undefined);
  if (named && !open.includes(statusOf(charged))) throw notUpdatable(charged, named, now);
  const amount = money(given.amount ?? intent.amount.amountMinor, given.currency ?? intent.amount.currency);
  const outOfBounds = named && amountOutOfBounds(amount);
  if (outOfBounds) throw outOfBounds('amount');
  return changeIntent(intent, {
    ...afterAttempt(charged),
    // The customer agreed to other terms.
    ...(named && { authentication: null }),
    ...termChanges(intent, given),
    amount,
    customer: given.customer ?? intent.customer,
    ...(paymentMethod && { paymentMethod }),
    details: detailsAfter(intent.details, given),
  });
}

/** Terms that a confirmation may change as well. */
export function termChanges(
  intent: PaymentIntent,
  given: Pick<IntentUpdateParameters, 'capture_method' | 'payment_method_options' | 'setup_future_usage'>,
): Partial<PaymentIntent> {
  const card = given.payment_method_options?.card;
  return {
    captureMethod: card?.capture_method ?? given.capture_method ?? intent.captureMethod,
    setupFutureUsage:
      futureUsage(card?.setup_future_usage) ??
      (given.setup_future_usage === undefined ? intent.setupFutureUsage : given.setup_future_usage),
    requestThreeDSecure: card?.request_three_d_secure ?? intent.requestThreeDSecure,
  };
}

export function detailsAfter(
  before: PaymentIntent['details'],
  given: Pick<
    IntentUpdateParameters,
    'description' | 'metadata' | 'receipt_email' | 'shipping' | 'transfer_group' | 'statement_descriptor_suffix'
  >,
): PaymentIntent['details'] {
  const { description, metadata, receiptEmail, shipping } = before;
  const { transfer_group: transferGroup, ...ofCharge } = given;
  const changes = changesOf(ofCharge, { ...noDetails, description, metadata, receiptEmail, shipping });
  return {
    ...before,
    ...changes,
    ...(transferGroup !== undefined && { transferGroup }),
    statementDescriptorSuffix: given.statement_descriptor_suffix ?? before.statementDescriptorSuffix,
  };
}
