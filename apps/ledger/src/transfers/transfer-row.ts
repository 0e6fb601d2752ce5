import type { Account } from '../accounts/account.js';
import type { Transfer } from './transfer.js';

/** A row for `json_to_recordset`. */
export function transferRow(chargeId: string, move: Transfer) {
  return {
    charge_id: chargeId,
    effect: move.effect,
    kind: move.kind,
    resolves: 'resolves' in move ? move.resolves : undefined,
    debit_account: move.debit.id,
    credit_account: move.credit.id,
    amount_minor: move.amount.amountMinor,
    currency: move.amount.currency,
    cause: move.cause,
    posted_at: new Date(move.at).toISOString(),
    bank_id: move.bankId ?? undefined,
  };
}

export const sidesOf = (moves: readonly Transfer[]): Account[] => moves.flatMap(({ debit, credit }) => [debit, credit]);

/** SQL that inserts missing accounts from this JSON parameter. */
export const openAccounts = (parameter: string): string =>
  `INSERT INTO account (id, kind, owner, currency)
     SELECT * FROM json_to_recordset(${parameter}::json) AS account (id text, kind text, owner text, currency text)
     ON CONFLICT (id) DO NOTHING`;

/** SQL that inserts the transfers of this JSON parameter, an array of `transferRow`. */
export const insertTransfers = (parameter: string): string =>
  `INSERT INTO transfer (charge_id, effect, kind, resolves, debit_account, credit_account, amount_minor, currency,
                         cause, posted_at, bank_id)
   SELECT * FROM json_to_recordset(${parameter}::json) AS transfer (
     charge_id text, effect text, kind text, resolves text, debit_account text, credit_account text,
     amount_minor int8, currency text, cause text, posted_at timestamptz, bank_id text)`;
