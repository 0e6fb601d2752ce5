import type { Instant } from '#clock';
import type { BookedTransfer, StatedEntry, TwoAccounts } from '../src/reconciliation/comparison.js';
import { account, chargeId } from './charge.js';

export const graceMs = 15_000;
/** The time of the comparison. */
export const noon: Instant = Date.UTC(2026, 0, 1, 12);
const longAgo = noon - 60_000;

let seq = 0;

/** An entry of cedar's statement: 9.00 usd, received a minute ago. */
export const stated = (kind: StatedEntry['kind'], bankId: string, other: Partial<StatedEntry> = {}): StatedEntry => ({
  seq: ++seq,
  bankId,
  kind,
  reference: `${chargeId}.${kind}`,
  account,
  amountMinor: 900,
  currency: 'usd',
  of: null,
  reverses: null,
  receivedAt: longAgo,
  ...other,
});

const receivable = 'bank_receivable:cedar:usd';
const merchant = `merchant:${account}:usd`;
const suspense = 'suspense:cedar:usd';
const sides: Record<string, [debit: string, credit: string]> = {
  hold: [receivable, merchant],
  capture: [receivable, merchant],
  release: [receivable, merchant],
  refund: [merchant, receivable],
  unmatched_capture: [receivable, suspense],
  compensation: [suspense, receivable],
  stray: [receivable, suspense],
  stray_undone: [suspense, receivable],
};

/** A transfer of the same amount at the same bank, committed a minute ago. */
export function booked(effect: string, bankId: string | null, other: Partial<BookedTransfer> = {}): BookedTransfer {
  const [debit, credit] = sides[effect.split(':')[0]!]!;
  const resolves = effect === 'capture' || effect === 'release' ? 'hold' : null;
  return { effect, resolves, debit, credit, amountMinor: 900, currency: 'usd', bankId, knownAt: longAgo, ...other };
}

export const accounts = (
  entries: readonly StatedEntry[],
  transfers: readonly BookedTransfer[],
  other: Partial<TwoAccounts> = {},
): TwoAccounts => ({
  bank: 'cedar',
  chargeId,
  entries,
  transfers,
  completeAt: noon,
  now: noon,
  graceMs,
  ...other,
});
