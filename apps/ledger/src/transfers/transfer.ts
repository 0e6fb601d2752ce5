import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import type { Money } from '#money';
import type { Account } from '../accounts/account.js';

/** The natural key of a transfer within its charge. With a refund id or bank id where a charge may have several. */
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
 * One immutable row that debits one account and credits another. After TigerBeetle's two-phase transfers: a pending one
 * is resolved once, by a full or partial post or by a void. Only `post` and `single` count as posted.
 */
export type Transfer = {
  readonly effect: TransferEffect;
  readonly debit: Account;
  readonly credit: Account;
  readonly amount: Money;
  /** The id of the event that caused it. */
  readonly cause: string;
  readonly at: Instant;
  /** The bank id of the movement that it mirrors; undefined without a bank's movement. */
  readonly bankId?: string;
} & ({ readonly kind: 'pending' | 'single' } | { readonly kind: 'post' | 'void'; readonly resolves: TransferEffect });

/** The database checks the same rules. */
export function transfer<T extends Transfer>(made: T): T {
  const { amount, debit, credit } = made;
  assert(Number.isSafeInteger(amount.amountMinor) && amount.amountMinor > 0, 'a transfer moves something');
  assert(debit.id !== credit.id, 'a transfer has two sides');
  assert(debit.currency === amount.currency && credit.currency === amount.currency, 'both sides share a currency');
  return made;
}
