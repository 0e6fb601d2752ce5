import type { Instant } from '#clock';
import { balanceTransactionObject, transactionOfRefund } from '../../balance/balance-transaction.js';
import { cardIdOf } from './payment-method-of.js';
import { expands, within } from '../../protocol/expand.js';
import { refundState, type ChargeRefund, type RefundEnd } from '../charge/refund.js';

const seconds = (instant: Instant): number => Math.floor(instant / 1000);

/** The fields of a charge that its refunds show. */
export interface RefundedCharge {
  readonly id: string;
  /** Shown in the balance transaction only. */
  readonly description: string | null;
  /** The charge object, for paths that go into the charge. */
  readonly show: (expand: readonly string[]) => object;
}

/**
 * Stripe's refund object, with every field that the API reference calls required.
 *
 * @param charge its id alone if `expand` names nothing that the charge is needed for
 */
export function refundObject(
  refund: ChargeRefund,
  charge: RefundedCharge | string,
  expand: readonly string[],
  now: Instant,
): object {
  const { opening, end } = refund;
  const chargeId = typeof charge === 'string' ? charge : charge.id;
  const failure = end && failureReason(end);
  return {
    id: opening.id,
    object: 'refund',
    amount: opening.amount.amountMinor,
    balance_transaction: transactionOf(refund, charge, expand, now),
    charge: typeof charge === 'object' && expands(expand, 'charge') ? charge.show(within(expand, 'charge')) : chargeId,
    created: seconds(opening.openedAt),
    currency: opening.amount.currency,
    customer: null,
    customer_account: null,
    destination_details: { card: destinationOf(refund), type: 'card' },
    ...(failure && { failure_reason: failure }),
    metadata: refund.metadata,
    payment_intent: opening.paymentIntent ?? null,
    payment_method: opening.paymentMethod ?? cardIdOf(chargeId),
    reason: opening.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: refundState(refund),
    transfer_reversal: null,
  };
}

function transactionOf(
  refund: ChargeRefund,
  charge: RefundedCharge | string,
  expand: readonly string[],
  now: Instant,
): object | string | null {
  const { opening, end } = refund;
  if (end?.type !== 'posted') return null;
  if (typeof charge === 'string' || !expands(expand, 'balance_transaction')) return end.balanceTransactionId;
  const transaction = transactionOfRefund(opening.id, charge.id, { ...end, amount: opening.amount });
  const inside = within(expand, 'balance_transaction');
  const source = expands(inside, 'source') ? refundObject(refund, charge, within(inside, 'source'), now) : opening.id;
  return balanceTransactionObject(transaction, charge.description, now, source);
}

/** Stripe's `failure_reason` for a refusal by the bank or the ledger. */
function failureReason(end: RefundEnd): string | null {
  switch (end.type) {
    case 'posted':
    case 'canceled':
      return null;
    case 'refused':
      return end.reason === 'insufficient_balance' ? 'insufficient_funds' : 'unknown';
    case 'not_canceled':
      return 'unknown';
    case 'released':
      return cardFailures[end.code] ?? 'declined';
  }
}

const cardFailures: Readonly<Record<string, string>> = {
  malformed: 'unknown',
  lost_card: 'lost_or_stolen_card',
  stolen_card: 'lost_or_stolen_card',
  expired_card: 'expired_or_canceled_card',
};

/** A canceled authorization never reaches a card statement: Stripe calls that a reversal. */
function destinationOf({ of }: ChargeRefund): object {
  return of === 'authorization'
    ? { type: 'reversal' }
    : { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' };
}
