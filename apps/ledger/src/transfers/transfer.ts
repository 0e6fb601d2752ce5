import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import type { Money } from '#money';
import type { Account } from '../accounts/account.js';

/**
 * What a transfer does for its charge. At most one of each, whatever is delivered how often; where a charge
 * may have several of a kind, the refund's or the bank's id tells them apart.
 */
export type TransferEffect =
  | 'hold'
  | 'capture'
  | 'release'
  | 'fee'
  | 'unmatched_capture'
  | 'match'
  | 'compensation'
  | `${'refund_hold' | 'refund' | 'refund_release'}:${string}`
  | `${'stray' | 'stray_undone'}:${string}`;

/**
 * One immutable row: `amount` goes from the credited to the debited account's side of the books, so every
 * transfer balances by itself. After TigerBeetle's two-phase transfers: a pending one reserves, and is
 * resolved once, by a post (in part or whole; what is not posted is released) or a void. Only `post` and
 * `single` count as posted.
 */
export type Transfer = {
  readonly effect: TransferEffect;
  readonly debit: Account;
  readonly credit: Account;
  readonly amount: Money;
  /** The id of the event behind it. */
  readonly cause: string;
  readonly at: Instant;
  /** The bank's own id of the movement that this mirrors; absent where no bank moved anything. */
  readonly bankId?: string;
} & ({ readonly kind: 'pending' | 'single' } | { readonly kind: 'post' | 'void'; readonly resolves: TransferEffect });

/** Checked again by the database. */
export function transfer<T extends Transfer>(made: T): T {
  const { amount, debit, credit } = made;
  assert(Number.isSafeInteger(amount.amountMinor) && amount.amountMinor > 0, 'a transfer moves something');
  assert(debit.id !== credit.id, 'a transfer has two sides');
  assert(debit.currency === amount.currency && credit.currency === amount.currency, 'both sides share a currency');
  return made;
}
