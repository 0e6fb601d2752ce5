import { Injectable } from '@nestjs/common';
import type { Currency } from '#money';
import { statement, type PgTransaction, type Sql } from '#postgres';
import type { AccountLimits } from './account-limits.js';

interface LimitRow {
  readonly account: string;
  readonly frozen: boolean;
  readonly open_holds_cap_minor: Partial<Record<Currency, number>>;
  readonly refund_overdraft_minor: Partial<Record<Currency, number>>;
}

interface OpenRow {
  readonly account: string;
  readonly currency: Currency;
  readonly open_minor: number;
}

export const limitsStatement = statement(
  'ledger.limits',
  'SELECT account, frozen, open_holds_cap_minor, refund_overdraft_minor FROM account_limit WHERE account = ANY($1::text[])',
);

export const lockLimitsStatement = statement(
  'ledger.lock_limits',
  `SELECT account, frozen, open_holds_cap_minor, refund_overdraft_minor FROM account_limit
   WHERE account = ANY($1::text[])
   ORDER BY account FOR UPDATE`,
);

export const openHoldsStatement = statement(
  'ledger.open_holds',
  `SELECT account, currency, sum(amount_minor)::int8 AS open_minor FROM hold
   WHERE state = 'pending' AND account = ANY($1::text[])
   GROUP BY account, currency`,
);

/** The limits that a batch keeps to. Operators set them: `LimitSettingsRepository`. */
@Injectable()
export class AccountLimitsRepository {
  /** The limits of limited accounts. An account without a row has none, and costs no lock. */
  async of(sql: Sql, accounts: readonly string[]): Promise<Map<string, AccountLimits>> {
    if (accounts.length === 0) return new Map();
    const rows = await sql.query<LimitRow>(limitsStatement, [accounts]);
    return new Map(rows.map((row) => [row.account, limitsOf(row, {})]));
  }

  /** As `of`, for accounts with a cap, with their open holds. Locks them by id, so that no other batch places a hold. */
  async lock(tx: PgTransaction, accounts: readonly string[]): Promise<Map<string, AccountLimits>> {
    // Pipelined: the sums are read behind the row locks.
    const [rows, open] = await Promise.all([
      tx.query<LimitRow>(lockLimitsStatement, [accounts]),
      openHoldsOf(tx, accounts),
    ]);
    return new Map(rows.map((row) => [row.account, limitsOf(row, open.get(row.account) ?? {})]));
  }
}

/** The sums of open holds by account and currency, in minor units. */
export async function openHoldsOf(
  sql: Sql,
  accounts: readonly string[],
): Promise<Map<string, AccountLimits['openHoldsMinor']>> {
  const rows = await sql.query<OpenRow>(openHoldsStatement, [accounts]);
  const byAccount = Map.groupBy(rows, ({ account }) => account);
  return new Map(
    [...byAccount].map(([account, sums]) => [
      account,
      Object.fromEntries(sums.map((sum) => [sum.currency, sum.open_minor])),
    ]),
  );
}

function limitsOf(row: LimitRow, openHoldsMinor: AccountLimits['openHoldsMinor']): AccountLimits {
  return {
    frozen: row.frozen,
    openHoldsCapMinor: row.open_holds_cap_minor,
    openHoldsMinor,
    refundOverdraftMinor: row.refund_overdraft_minor,
  };
}
