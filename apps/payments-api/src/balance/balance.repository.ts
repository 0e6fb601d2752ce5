import type { Instant } from '#clock';
import type { Currency } from '#money';
import { statement, type Sql, type Statement } from '#postgres';
import type { BalancePart } from './balance.js';

const recent = `SELECT currency, available_day, net_minor FROM balance_change
     WHERE xact >= (SELECT xact FROM balance_rollup_horizon) AND account = $1`;

/** The roll-up plus the rows above its horizon, in one snapshot. All available money comes as one sum. */
export const balanceStatement = statement(
  'balance',
  `SELECT currency, greatest(available_day, to_timestamp($2::int8 / 1000.0)) AS available_on,
          sum(net_minor)::int8 AS net_minor
   FROM (
     SELECT currency, available_day, net_minor FROM balance_rollup WHERE account = $1
     UNION ALL
     ${recent}
   ) AS part
   GROUP BY 1, 2`,
);

/**
 * Moves rows into the roll-up, up to the oldest running transaction (`pg_snapshot_xmin`): a sequence number could
 * commit later than a higher one, a transaction id below every running one cannot. Writers never wait for this.
 */
export const rollUpStatement: Statement = {
  // Unnamed, so planned at each call: a plan cached while the table was empty would scan all of it.
  name: '',
  text: `WITH span AS (
     SELECT xact AS since, greatest(xact, pg_snapshot_xmin(pg_current_snapshot())) AS until
     FROM balance_rollup_horizon FOR UPDATE
   ), moved AS (
     SELECT account, currency, available_day, sum(net_minor) AS net_minor, count(*) AS entries FROM balance_change
     WHERE xact >= (SELECT since FROM span) AND xact < (SELECT until FROM span)
     GROUP BY account, currency, available_day
   ), rolled AS (
     INSERT INTO balance_rollup AS rolled (account, currency, available_day, net_minor, entries)
     SELECT * FROM moved
     ON CONFLICT (account, currency, available_day) DO UPDATE
       SET net_minor = rolled.net_minor + excluded.net_minor, entries = rolled.entries + excluded.entries
   )
   UPDATE balance_rollup_horizon SET xact = span.until FROM span WHERE span.until > balance_rollup_horizon.xact`,
};

/**
 * One account by currency, for operators: the sum of its transactions beside the parts of `/v1/balance`.
 * `netMinor = rolledUpMinor + sinceMinor` equals the ledger's `merchant:<account>:<currency>`. Reads every row of the account.
 */
const statementOfAccount = statement(
  'balance_of_account',
  `SELECT currency, sum(transactions)::int8 AS transactions, sum(amount_minor)::int8 AS "amountMinor",
          sum(fee_minor)::int8 AS "feeMinor", sum(amount_minor - fee_minor)::int8 AS "netMinor",
          sum(rolled_up_minor)::int8 AS "rolledUpMinor", sum(since_minor)::int8 AS "sinceMinor"
   FROM (
     SELECT currency, 1 AS transactions, amount_minor, fee_minor, 0 AS rolled_up_minor, 0 AS since_minor
     FROM balance_transaction WHERE account = $1
     UNION ALL
     SELECT currency, 0, 0, 0, net_minor, 0 FROM balance_rollup WHERE account = $1
     UNION ALL
     SELECT currency, 0, 0, 0, 0, net_minor FROM (${recent}) AS came_since
   ) AS part
   GROUP BY currency ORDER BY currency`,
);

/** Days of the roll-up that differ from the sum of their transactions. Reads every balance transaction. */
const miscountedStatement = statement(
  'balance_miscounted',
  `SELECT coalesce(rolled.account, counted.account) AS account, coalesce(rolled.currency, counted.currency) AS currency,
          coalesce(rolled.available_day, counted.available_day) AS "availableOn",
          rolled.net_minor AS "rolledUpMinor", counted.net_minor AS "countedMinor"
   FROM balance_rollup AS rolled
   FULL JOIN (
     SELECT account, currency, available_day, sum(net_minor)::int8 AS net_minor, count(*) AS entries
     FROM balance_change
     WHERE xact < (SELECT xact FROM balance_rollup_horizon)
     GROUP BY account, currency, available_day
   ) AS counted USING (account, currency, available_day)
   WHERE (rolled.net_minor, rolled.entries) IS DISTINCT FROM (counted.net_minor, counted.entries)
   LIMIT 100`,
);

/** Postings of charges and refunds without a balance transaction. Reads every event of every charge. */
const unmovedStatement = statement(
  'balance_unmoved',
  `SELECT told.id FROM charge_event
   CROSS JOIN LATERAL (
     SELECT coalesce(data->>'balanceTransactionId', data->'end'->>'balanceTransactionId') AS id
   ) AS told
   WHERE type IN ('posted', 'refund_ended') AND told.id IS NOT NULL
     AND NOT EXISTS (SELECT FROM balance_transaction WHERE balance_transaction.id = told.id)
   LIMIT 100`,
);

export interface CurrencyStatement {
  readonly currency: Currency;
  readonly transactions: number;
  readonly amountMinor: number;
  readonly feeMinor: number;
  readonly netMinor: number;
  readonly rolledUpMinor: number;
  readonly sinceMinor: number;
}

export interface Miscount {
  readonly account: string;
  readonly currency: Currency;
  readonly availableOn: Instant;
  readonly rolledUpMinor: number | null;
  readonly countedMinor: number | null;
}

export interface BalanceAudit {
  readonly miscounted: Miscount[];
  /** Ids of balance transactions that are missing. */
  readonly unmoved: string[];
}

export async function readBalance(sql: Sql, account: string, now: Instant): Promise<BalancePart[]> {
  const rows = await sql.query<{ currency: Currency; available_on: Instant; net_minor: number }>(balanceStatement, [
    account,
    now,
  ]);
  return rows.map(({ currency, available_on: availableOn, net_minor: netMinor }) => ({
    currency,
    availableOn,
    netMinor,
  }));
}

export async function rollUpBalances(sql: Sql): Promise<void> {
  await sql.query(rollUpStatement);
}

export function accountStatement(sql: Sql, account: string): Promise<CurrencyStatement[]> {
  return sql.query<CurrencyStatement>(statementOfAccount, [account]);
}

/** Differences that must not exist; at most a hundred of each kind. */
export async function auditBalances(sql: Sql): Promise<BalanceAudit> {
  const [miscounted, unmoved] = await Promise.all([
    sql.query<Miscount>(miscountedStatement),
    sql.query<{ id: string }>(unmovedStatement),
  ]);
  return { miscounted, unmoved: unmoved.map(({ id }) => id) };
}
