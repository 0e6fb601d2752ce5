import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import type { Currency, Money } from '#money';

/** Types of balance transactions that exist here. */
export const transactionTypes = ['charge', 'refund'] as const;

/** One movement of a merchant's balance, as the ledger posted it. Immutable: a correction is another one. */
export interface BalanceTransaction {
  /** `txn_` and the rest of the source's id, so that a duplicate is the same row. */
  readonly id: string;
  readonly type: (typeof transactionTypes)[number];
  /** Negative for a refund. */
  readonly amountMinor: number;
  readonly feeMinor: number;
  readonly currency: Currency;
  /** Id of the charge or the refund. */
  readonly source: string;
  readonly chargeId: string;
  readonly createdAt: Instant;
  readonly availableOn: Instant;
}

/** Payload of `ledger.charge_posted` and `ledger.refund_posted`. */
export interface Posting {
  readonly amount: Money;
  readonly postedAt: Instant;
  readonly availableOn: Instant;
  readonly balanceTransactionId: string;
}

const DAY_MS = 86_400_000;

export function transactionOfCharge(id: string, posting: Posting & { fee: Money }): BalanceTransaction {
  return {
    ...movement(posting),
    type: 'charge',
    amountMinor: posting.amount.amountMinor,
    feeMinor: posting.fee.amountMinor,
    source: id,
    chargeId: id,
  };
}

/** The fee of the charge is not refunded, so a refund has none. */
export function transactionOfRefund(id: string, chargeId: string, posting: Posting): BalanceTransaction {
  return {
    ...movement(posting),
    type: 'refund',
    amountMinor: -posting.amount.amountMinor,
    feeMinor: 0,
    source: id,
    chargeId,
  };
}

function movement({ amount, postedAt, availableOn, balanceTransactionId }: Posting) {
  return {
    id: balanceTransactionId,
    currency: amount.currency,
    createdAt: postedAt,
    // Pending money becomes available at midnight UTC, as at Stripe, so the roll-up by day is exact.
    availableOn: availableOn <= postedAt ? availableOn : Math.ceil(availableOn / DAY_MS) * DAY_MS,
  };
}

/** Id that the balance transaction of this charge or refund has, if it exists. */
export function transactionIdOf(source: string): string {
  return `txn_${source.slice(source.indexOf('_') + 1)}`;
}

export function netMinor({ amountMinor, feeMinor }: Pick<BalanceTransaction, 'amountMinor' | 'feeMinor'>): number {
  return amountMinor - feeMinor;
}

export function isAvailable({ availableOn }: { readonly availableOn: Instant }, now: Instant): boolean {
  return now >= availableOn;
}

const seconds = (instant: Instant): number => Math.floor(instant / 1000);

/**
 * Stripe's balance transaction object, with every field.
 *
 * @param chargeDescription the merchant's description of the charge
 * @param now on the account's clock; decides `status`
 * @param source the object, if `expand` names it
 */
export function balanceTransactionObject(
  transaction: BalanceTransaction,
  chargeDescription: string | null,
  now: Instant,
  source: object | string = transaction.source,
): object {
  const { id, type, amountMinor, feeMinor, currency } = transaction;
  assert(type === 'charge' ? amountMinor > 0 : amountMinor < 0, 'a charge adds to the balance, and a refund takes');
  return {
    id,
    object: 'balance_transaction',
    amount: amountMinor,
    available_on: seconds(transaction.availableOn),
    balance_type: 'payments',
    created: seconds(transaction.createdAt),
    currency,
    description: type === 'charge' ? chargeDescription : refundDescription(chargeDescription),
    exchange_rate: null,
    fee: feeMinor,
    fee_details:
      feeMinor === 0
        ? []
        : [{ amount: feeMinor, application: null, currency, description: 'Processing fees', type: 'stripe_fee' }],
    net: netMinor(transaction),
    reporting_category: type,
    source,
    status: isAvailable(transaction, now) ? 'available' : 'pending',
    type,
  };
}

/** Stripe's words. */
function refundDescription(ofCharge: string | null): string {
  return ofCharge === null ? 'REFUND FOR CHARGE' : `REFUND FOR CHARGE (${ofCharge})`;
}
