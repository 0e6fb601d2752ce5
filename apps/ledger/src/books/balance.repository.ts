import { Inject, Injectable } from '@nestjs/common';
import { Database, statement, type Sql, type Statement } from '#postgres';
import type { AccountKind } from '../accounts/account.js';
import type { Currency } from '#money';
import type { AccountBalance } from './balance.js';

interface BalanceRow {
  readonly id: string;
  readonly kind: AccountKind;
  readonly owner: string | null;
  readonly currency: Currency;
  readonly debits_posted_minor: number;
  readonly credits_posted_minor: number;
  readonly debits_pending_minor: number;
  readonly credits_pending_minor: number;
}

const sums = `sum(debits_posted_minor) AS debits_posted_minor, sum(credits_posted_minor) AS credits_posted_minor,
  sum(debits_pending_minor) AS debits_pending_minor, sum(credits_pending_minor) AS credits_pending_minor`;

const total = (column: string): string =>
  `(coalesce(rolled.${column}, 0) + coalesce(recent.${column}, 0))::int8 AS ${column}`;

/** Roll-up plus later transfers. One statement has one snapshot of both and of the horizon. */
const balancesStatement = statement(
  'ledger.balances',
  `SELECT account.id, account.kind, account.owner, account.currency,
          ${total('debits_posted_minor')}, ${total('credits_posted_minor')},
          ${total('debits_pending_minor')}, ${total('credits_pending_minor')}
   FROM account
   LEFT JOIN balance_rollup AS rolled ON rolled.account = account.id
   LEFT JOIN (
     SELECT movement.account, ${sums} FROM movement
     WHERE movement.xact >= (SELECT xact FROM rollup_horizon)
     GROUP BY movement.account
   ) AS recent ON recent.account = account.id
   WHERE $1::text IS NULL OR account.owner = $1 OR account.id = $1
   ORDER BY account.id`,
);

/**
 * Rolls up transfers up to the oldest running transaction (`pg_snapshot_xmin`): a sequence number would skip a slow
 * commit. Only reads transfers, so writers never wait for it.
 */
export const rollUpStatement: Statement = {
  // Unnamed, so planned at each call: a plan from the empty table would scan all of it.
  name: '',
  text: `WITH span AS (
     SELECT xact AS since, greatest(xact, pg_snapshot_xmin(pg_current_snapshot())) AS until
     FROM rollup_horizon FOR UPDATE
   ), moved AS (
     SELECT movement.account, ${sums} FROM movement
     WHERE movement.xact >= (SELECT since FROM span) AND movement.xact < (SELECT until FROM span)
     GROUP BY movement.account
   ), rolled AS (
     INSERT INTO balance_rollup AS rolled
     SELECT account, debits_posted_minor, credits_posted_minor, debits_pending_minor, credits_pending_minor FROM moved
     ON CONFLICT (account) DO UPDATE SET
       debits_posted_minor = rolled.debits_posted_minor + excluded.debits_posted_minor,
       credits_posted_minor = rolled.credits_posted_minor + excluded.credits_posted_minor,
       debits_pending_minor = rolled.debits_pending_minor + excluded.debits_pending_minor,
       credits_pending_minor = rolled.credits_pending_minor + excluded.credits_pending_minor
   )
   UPDATE rollup_horizon SET xact = span.until FROM span WHERE span.until > rollup_horizon.xact`,
};

/** Accounts whose roll-up is not the sum of their transfers. Reads all transfers. */
const auditStatement = statement(
  'ledger.audit',
  `SELECT rolled.account FROM balance_rollup AS rolled
   FULL JOIN (
     SELECT movement.account, ${sums} FROM movement
     WHERE movement.xact < (SELECT xact FROM rollup_horizon)
     GROUP BY movement.account
   ) AS counted ON counted.account = rolled.account
   WHERE (rolled.debits_posted_minor, rolled.credits_posted_minor, rolled.debits_pending_minor, rolled.credits_pending_minor)
     IS DISTINCT FROM
         (counted.debits_posted_minor, counted.credits_posted_minor, counted.debits_pending_minor, counted.credits_pending_minor)
   LIMIT 100`,
);

@Injectable()
export class BalanceRepository {
  constructor(@Inject(Database) private readonly database: Sql) {}

  /** Balances of all accounts, or of those with this id or owner. */
  async balances(idOrOwner: string | null = null): Promise<AccountBalance[]> {
    const rows = await this.database.query<BalanceRow>(balancesStatement, [idOrOwner]);
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      owner: row.owner,
      currency: row.currency,
      debitsPostedMinor: row.debits_posted_minor,
      creditsPostedMinor: row.credits_posted_minor,
      debitsPendingMinor: row.debits_pending_minor,
      creditsPendingMinor: row.credits_pending_minor,
    }));
  }

  async rollUp(): Promise<void> {
    await this.database.query(rollUpStatement);
  }

  /** Accounts whose balance is not the sum of their transfers. Must be empty. */
  async miscounted(): Promise<string[]> {
    const rows = await this.database.query<{ account: string }>(auditStatement);
    return rows.map(({ account }) => account);
  }
}
