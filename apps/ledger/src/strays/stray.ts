import type { Instant } from '#clock';
import type { bankProtocol, Movement } from '#contracts';
import type { Money } from '#money';
import type { AggregateType } from '#saga';
import { bankReceivable, suspense } from '../accounts/account.js';
import { transfer, type Transfer } from '../transfers/transfer.js';

/** What a bank performed and nobody had wanted: a late arrival, a second performance. */
export interface Stray {
  readonly bank: bankProtocol.BankName;
  /** The bank's own id of it. */
  readonly bankId: string;
  readonly movement: Movement;
  readonly amount: Money;
}

interface Because {
  /** What it became known by: an event's id, a difference's. */
  readonly cause: string;
  readonly now: Instant;
}

/**
 * What a stray did to the books: the bank's money is in suspense until it is undone there. An authorization
 * moves nothing.
 */
export function strayMoves(stray: Stray, { cause, now }: Because): Transfer[] {
  const sides = sidesOf(stray);
  if (!sides) return [];
  const { bankId, amount } = stray;
  return [transfer({ ...sides, effect: `stray:${bankId}`, kind: 'single', amount, cause, at: now, bankId })];
}

/** What takes it out of suspense again: the other way round, under the bank's id of the reversal. */
export function undoneMoves(stray: Stray, reversalBankId: string, { cause, now }: Because): Transfer[] {
  const sides = sidesOf(stray);
  if (!sides) return [];
  return [
    transfer({
      debit: sides.credit,
      credit: sides.debit,
      effect: `stray_undone:${stray.bankId}`,
      kind: 'single',
      amount: stray.amount,
      cause,
      at: now,
      bankId: reversalBankId,
    }),
  ];
}

function sidesOf({ bank, movement, amount: { currency } }: Stray): Pick<Transfer, 'debit' | 'credit'> | undefined {
  switch (movement) {
    case 'authorization':
      return undefined;
    case 'capture':
      return { debit: bankReceivable(bank, currency), credit: suspense(bank, currency) };
    case 'refund':
      return { debit: suspense(bank, currency), credit: bankReceivable(bank, currency) };
  }
}

/**
 * Strays have no state but their transfers, which are written where they are not there yet: whoever comes
 * first, the job that finds a stray or the bank's word that it was undone, both sides end in the books once.
 */
export interface Strays {
  readonly chargeId: string;
  /** Transfers decided on and not yet saved. */
  readonly moves: readonly Transfer[];
}

export const strays: AggregateType<Strays> = {
  kind: 'stray',
  keyName: ({ chargeId }) => chargeId,
  restate: () => [],
};
