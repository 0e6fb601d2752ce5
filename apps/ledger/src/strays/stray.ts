import type { Instant } from '#clock';
import type { bankProtocol, Movement } from '#contracts';
import type { Money } from '#money';
import type { AggregateType } from '#saga';
import { bankReceivable, suspense } from '../accounts/account.js';
import { transfer, type Transfer } from '../transfers/transfer.js';

/** A movement that a bank performed and no service recorded: a late arrival, a duplicate. */
export interface Stray {
  readonly bank: bankProtocol.BankName;
  /** Its bank id. */
  readonly bankId: string;
  readonly movement: Movement;
  readonly amount: Money;
}

interface Because {
  /** The id of the event or the difference that reported it. */
  readonly cause: string;
  readonly now: Instant;
}

/** The transfer of a stray: to suspense, until the bank has reversed it. An authorization moves no money. */
export function strayMoves(stray: Stray, { cause, now }: Because): Transfer[] {
  const sides = sidesOf(stray);
  if (!sides) return [];
  const { bankId, amount } = stray;
  return [transfer({ ...sides, effect: `stray:${bankId}`, kind: 'single', amount, cause, at: now, bankId })];
}

/** The transfer of its reversal: out of suspense, with the bank id of the reversal. */
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

/** Strays have no state but their transfers. The job and `stray_reversed` both insert missing ones. */
export interface Strays {
  readonly chargeId: string;
  /** New transfers to save. */
  readonly moves: readonly Transfer[];
}

export const strays: AggregateType<Strays> = {
  kind: 'stray',
  keyName: ({ chargeId }) => chargeId,
  restate: () => [],
};
