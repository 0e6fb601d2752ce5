import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import { ledger, type bank, type bankProtocol, type NewEvent, type payments, type RefundRefusal } from '#contracts';
import type { Currency, Money } from '#money';
import type { AggregateType } from '#saga';
import { bankReceivable, merchant } from '../accounts/account.js';
import { transfer, type Transfer } from '../transfers/transfer.js';

/** The limits of a refund at its decision. */
export interface RefundLimits {
  /** The captured amount of its charge, and the bank; null before the posting. */
  readonly captured: { readonly bank: bankProtocol.BankName; readonly amount: Money } | null;
  /** The sum of the other reserved and posted refunds of this charge, in minor units. */
  readonly refundedMinor: number;
  /** The merchant's balance plus overdraft, less pending refunds, in minor units. */
  readonly spendableMinor: number;
}

export const zeroLimits: RefundLimits = { captured: null, refundedMinor: 0, spendableMinor: 0 };

interface Wanted {
  readonly refundId: string;
  readonly chargeId: string;
  readonly account: string;
  readonly amount: Money;
}

interface AtBank extends Wanted {
  /** The bank that captured. */
  readonly bank: bankProtocol.BankName;
}

/**
 * The state machine of a refund.
 *
 *     none ─▶ reserved ─▶ posted         the bank performed it
 *       │         └─────▶ released       the bank refused
 *       └─▶ refused                      not captured, above the captured amount, or above the balance
 */
export type RefundReservation = (
  | { readonly state: 'none'; readonly refundId: string }
  | ({ readonly state: 'reserved' } & AtBank)
  | ({ readonly state: 'posted'; readonly postedAt: Instant } & AtBank)
  | ({ readonly state: 'released'; readonly code: string } & Wanted)
  | ({ readonly state: 'refused'; readonly reason: RefundRefusal } & Wanted)
) & {
  /** New transfers, which the repository saves together with the state. */
  readonly moves: readonly Transfer[];
};

type In<State extends RefundReservation['state']> = Extract<RefundReservation, { state: State }>;

/** The initial state. */
export const noRefund = (refundId: string): In<'none'> => ({ state: 'none', refundId, moves: [] });

/** The refund's id; for a new refund also its charge and its merchant, whose sums limit it. */
export interface RefundKey {
  readonly refundId: string;
  readonly chargeId: string;
  readonly account: string;
  readonly amount: { readonly currency: Currency };
}

interface Because {
  /** The id of the event. */
  readonly cause: string;
  readonly now: Instant;
}

/** @returns the reason to refuse this refund, if any */
export function refusalFor(
  { captured, refundedMinor, spendableMinor }: RefundLimits,
  amount: Money,
): RefundRefusal | undefined {
  if (!captured) return 'not_captured';
  assert.equal(amount.currency, captured.amount.currency, 'a refund in another currency than was captured');
  if (refundedMinor + amount.amountMinor > captured.amount.amountMinor) return 'exceeds_captured';
  return amount.amountMinor > spendableMinor ? 'insufficient_balance' : undefined;
}

/** Writes a pending transfer from the merchant to the bank's receivable. */
export function reserve(
  refund: In<'none'>,
  room: RefundLimits,
  wanted: Wanted,
  { cause, now }: Because,
): In<'reserved'> {
  const { refundId, chargeId, account, amount } = wanted;
  const { captured, refundedMinor } = room;
  assert(captured, 'a refund of what was not captured');
  assert(refundedMinor + amount.amountMinor <= captured.amount.amountMinor, 'refunds exceed what was captured');
  const reserved = { state: 'reserved', refundId, chargeId, account, amount, bank: captured.bank } as const;
  const pending = transfer({ ...between(reserved), effect: holdOf(refundId), kind: 'pending', cause, at: now });
  return { ...reserved, moves: [...refund.moves, pending] };
}

export function refuse(refund: In<'none'>, wanted: payments.RefundRequested, reason: RefundRefusal): In<'refused'> {
  return { state: 'refused', ...wanted, reason, moves: refund.moves };
}

/** Posts the reservation. The fee is kept. */
export function post(refund: In<'reserved'>, event: bank.RefundSucceeded, { cause, now }: Because): In<'posted'> {
  assert.deepEqual(event.amount, refund.amount, 'the bank gave back another amount than was reserved');
  const posted = transfer({
    ...between(refund),
    effect: `refund:${refund.refundId}`,
    kind: 'post',
    resolves: holdOf(refund.refundId),
    cause,
    at: now,
    bankId: event.bankRefundId,
  });
  return { ...refund, state: 'posted', postedAt: now, moves: [...refund.moves, posted] };
}

/** Voids the reservation, if there is one. */
export function release(
  refund: In<'none' | 'reserved'>,
  { refundId, chargeId, account, amount, code }: bank.RefundFailed,
  { cause, now }: Because,
): In<'released'> {
  const released = { state: 'released', refundId, chargeId, account, amount, code } as const;
  if (refund.state === 'none') return { ...released, moves: refund.moves };
  assert.deepEqual(amount, refund.amount, 'the bank refused another amount than was reserved');
  const voided = transfer({
    ...between(refund),
    effect: `refund_release:${refundId}`,
    kind: 'void',
    resolves: holdOf(refundId),
    cause,
    at: now,
  });
  return { ...released, moves: [...refund.moves, voided] };
}

const holdOf = (refundId: string) => `refund_hold:${refundId}` as const;

const between = ({ account, bank, amount }: AtBank) => ({
  debit: merchant(account, amount.currency),
  credit: bankReceivable(bank, amount.currency),
  amount,
});

export const refundReserved = ({ refundId, chargeId, account, amount }: In<'reserved'>): NewEvent =>
  ledger.refundReserved({ refundId, chargeId, account, amount });

export const refundRefused = ({ refundId, chargeId, account, amount, reason }: In<'refused'>): NewEvent =>
  ledger.refundRefused({ refundId, chargeId, account, amount, reason });

export const refundPosted = ({ refundId, chargeId, account, amount, postedAt }: In<'posted'>): NewEvent =>
  ledger.refundPosted({
    refundId,
    chargeId,
    account,
    amount,
    postedAt,
    // A refund reduces the available balance at once.
    availableOn: postedAt,
    balanceTransactionId: `txn_${refundId.slice('re_'.length)}`,
  });

export const refundReleased = ({ refundId, chargeId, account, amount, code }: In<'released'>): NewEvent =>
  ledger.refundReleased({ refundId, chargeId, account, amount, code });

/** The decisions' context is the limits of its charge and its merchant. */
export const refunds: AggregateType<RefundReservation, RefundKey, RefundLimits> = {
  kind: 'refund',
  keyName: ({ refundId }) => refundId,
  restate(refund) {
    switch (refund.state) {
      case 'none':
        return [];
      case 'reserved':
        return [refundReserved(refund)];
      case 'posted':
        return [refundPosted(refund)];
      case 'released':
        return [refundReleased(refund)];
      case 'refused':
        return [refundRefused(refund)];
    }
  },
};
