import type { RefundObject } from './api-objects.js';
import { cardIdOf } from './documented-charges.js';
import type { KnownRefund } from './known-objects.js';
import { bodyOf } from './api-objects.js';
import { differingFields } from './shown-fields.js';
import { where } from './sightings.js';

const always = {
  customer: null,
  customer_account: null,
  failure_balance_transaction: undefined,
  payment_intent: null,
  receipt_number: null,
  source_transfer_reversal: null,
  transfer_reversal: null,
};
const onTheStatement = { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' };
const failureReasons = [
  'declined',
  'expired_or_canceled_card',
  'insufficient_funds',
  'lost_or_stolen_card',
  'unknown',
  undefined,
];

/** Compares every field that follows from the request and the documentation. Source: Stripe's API reference, "The Refund object". */
export function judgeDocumentedRefund({ row, creation, sightings }: KnownRefund): string[] {
  const code = creation?.answer && bodyOf(creation.answer).error?.code;
  const wrongReason = ({ failure_reason: reason }: RefundObject): string[] =>
    !failureReasons.includes(reason) ||
    (code === 'balance_insufficient' && reason !== undefined && reason !== 'insufficient_funds')
      ? [`failure_reason ${reason}`]
      : [];
  const expected = {
    ...always,
    payment_method: cardIdOf(row.chargeId),
    // A canceled authorization never reaches the card's statement.
    destination_details: { card: row.cancels ? { type: 'reversal' } : onTheStatement, type: 'card' },
  };
  return sightings.flatMap((sighting) =>
    [...differingFields(expected, sighting.object), ...wrongReason(sighting.object)].map(
      (what) => `${row.id}: ${where(sighting)} shows ${what}`,
    ),
  );
}
