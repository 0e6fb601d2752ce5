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

const freezeStatement = statement(
  'ledger.freeze',
  `INSERT INTO account_limit (account, frozen) VALUES ($1, $2)
   ON CONFLICT (account) DO UPDATE SET frozen = excluded.frozen`,
);

const capStatement = statement(
  'ledger.cap',
  `INSERT INTO account_limit (account, open_holds_cap_minor) VALUES ($1, jsonb_build_object($2::text, $3::int8))
   ON CONFLICT (account) DO UPDATE
     SET open_holds_cap_minor = account_limit.open_holds_cap_minor || excluded.open_holds_cap_minor`,
);

const uncapStatement = statement(
  'ledger.uncap',
  'UPDATE account_limit SET open_holds_cap_minor = open_holds_cap_minor - $2::text WHERE account = $1',
);

const overdraftStatement = statement(
  'ledger.overdraft',
  `INSERT INTO account_limit (account, refund_overdraft_minor) VALUES ($1, jsonb_build_object($2::text, $3::int8))
   ON CONFLICT (account) DO UPDATE
     SET refund_overdraft_minor = account_limit.refund_overdraft_minor || excluded.refund_overdraft_minor`,
);

const defaultOverdraftStatement = statement(
  'ledger.default_overdraft',
  'UPDATE account_limit SET refund_overdraft_minor = refund_overdraft_minor - $2::text WHERE account = $1',
);

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
      tx.query<OpenRow>(openHoldsStatement, [accounts]),
    ]);
    const openOf = Map.groupBy(open, ({ account }) => account);
    return new Map(
      rows.map((row) => [
        row.account,
        limitsOf(row, Object.fromEntries((openOf.get(row.account) ?? []).map((sum) => [sum.currency, sum.open_minor]))),
      ]),
    );
  }

  /** Limits and their use, for operators, without locks. */
  async inUse(sql: Sql, account: string): Promise<AccountLimits | undefined> {
    const [[row], open] = await Promise.all([
      sql.query<LimitRow>(limitsStatement, [[account]]),
      sql.query<OpenRow>(openHoldsStatement, [[account]]),
    ]);
    return row && limitsOf(row, openMinor(open));
  }

  async freeze(sql: Sql, account: string, frozen: boolean): Promise<void> {
    await sql.query(freezeStatement, [account, frozen]);
  }

  /** @param capMinor the cap of the sum of open holds, in minor units; null removes it */
  async cap(sql: Sql, account: string, currency: Currency, capMinor: number | null): Promise<void> {
    if (capMinor === null) await sql.query(uncapStatement, [account, currency]);
    else await sql.query(capStatement, [account, currency, capMinor]);
  }

  /** @param overdraftMinor how far below zero refunds may take the balance, in minor units; null for the default */
  async overdraft(sql: Sql, account: string, currency: Currency, overdraftMinor: number | null): Promise<void> {
    if (overdraftMinor === null) await sql.query(defaultOverdraftStatement, [account, currency]);
    else await sql.query(overdraftStatement, [account, currency, overdraftMinor]);
  }
}

function limitsOf(row: LimitRow, openHoldsMinor: AccountLimits['openHoldsMinor']): AccountLimits {
  return {
    frozen: row.frozen,
    openHoldsCapMinor: row.open_holds_cap_minor,
    openHoldsMinor,
    refundOverdraftMinor: row.refund_overdraft_minor,
  };
}

const openMinor = (rows: readonly OpenRow[]): AccountLimits['openHoldsMinor'] =>
  Object.fromEntries(rows.map((row) => [row.currency, row.open_minor]));
