import type { Instant } from '#clock';
import { balanceTransactionObject, transactionOfRefund } from '../../balance/balance-transaction.js';
import { cardIdOf } from './card-id.js';
import { refundState, type ChargeRefund, type RefundEnd } from '../charge/refund.js';

const seconds = (instant: Instant): number => Math.floor(instant / 1000);

/** The fields of a charge that its refunds show. */
export interface RefundedCharge {
  readonly id: string;
  /** Shown in the balance transaction only. */
  readonly description: string | null;
  /** The charge object, if `expand` names it. */
  readonly object?: object;
}

/** Stripe's refund object, with every field that the API reference calls required. */
export function refundObject(
  refund: ChargeRefund,
  charge: RefundedCharge,
  expand: readonly string[],
  now: Instant,
): object {
  const { opening, end } = refund;
  const posted = end?.type === 'posted' ? end : undefined;
  const failure = end && failureReason(end);
  return {
    id: opening.id,
    object: 'refund',
    amount: opening.amount.amountMinor,
    balance_transaction:
      posted && expand.includes('balance_transaction')
        ? balanceTransactionObject(
            transactionOfRefund(opening.id, charge.id, { ...posted, amount: opening.amount }),
            charge.description,
            now,
          )
        : (posted?.balanceTransactionId ?? null),
    charge: charge.object ?? charge.id,
    created: seconds(opening.openedAt),
    currency: opening.amount.currency,
    customer: null,
    customer_account: null,
    destination_details: { card: destinationOf(refund), type: 'card' },
    failure_balance_transaction: null,
    ...(failure && { failure_reason: failure }),
    metadata: refund.metadata,
    payment_intent: null,
    payment_method: cardIdOf(charge.id),
    reason: opening.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: refundState(refund),
    transfer_reversal: null,
  };
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
