import type { Instant } from '#clock';
import type { Currency } from '#money';
import { statement, type Sql } from '#postgres';
import { transactionIdOf, type BalanceTransaction } from './balance-transaction.js';

/**
 * The part of a statement that writes balance transactions. It belongs into the one that saves the charges
 * they come of, so that money and the movement it made are never told apart.
 *
 * @param first the number of its first parameter; it takes as many as `transactionValues` gives
 */
export function insertTransactions(first: number): string {
  const types = ['text', 'text', 'text', 'int8', 'int8', 'text', 'text', 'text', 'int8', 'int8'];
  const parameters = types.map((type, place) => `$${first + place}::${type}[]`).join(', ');
  return `INSERT INTO balance_transaction (id, account, type, amount_minor, fee_minor, currency, source, charge_id,
                                           created_at, available_on)
     SELECT id, account, type, amount_minor, fee_minor, currency, source, charge_id,
            to_timestamp(created_ms / 1000.0), to_timestamp(available_ms / 1000.0)
     FROM unnest(${parameters})
       AS new (id, account, type, amount_minor, fee_minor, currency, source, charge_id, created_ms, available_ms)
     ON CONFLICT (id) DO NOTHING`;
}

/** A transaction on its way into the table. */
export interface NewTransaction {
  readonly account: string;
  readonly transaction: BalanceTransaction;
}

export function transactionValues(added: readonly NewTransaction[]): unknown[] {
  const transactions = added.map(({ transaction }) => transaction);
  return [
    transactions.map(({ id }) => id),
    added.map(({ account }) => account),
    transactions.map(({ type }) => type),
    transactions.map(({ amountMinor }) => amountMinor),
    transactions.map(({ feeMinor }) => feeMinor),
    transactions.map(({ currency }) => currency),
    transactions.map(({ source }) => source),
    transactions.map(({ chargeId }) => chargeId),
    transactions.map(({ createdAt }) => createdAt),
    transactions.map(({ availableOn }) => availableOn),
  ];
}

/** The description is the charge's, as it stands: it may be written at any time, and these rows never. */
const described = (rows: string): string => `
  SELECT entry.*, about.description FROM (${rows}) AS entry
  LEFT JOIN LATERAL (
    SELECT details->>'description' AS description FROM charge WHERE charge.id = entry.charge_id LIMIT 1
  ) AS about ON true`;

const columns = 'id, type, amount_minor, fee_minor, currency, source, charge_id, created_at, available_on';

export const findTransactionStatement = statement(
  'balance_transaction_find',
  described(`SELECT ${columns} FROM balance_transaction WHERE id = $1 AND account = $2`),
);

const filters = `
  account = $1
  AND created_at >= coalesce(to_timestamp($2::int8), '-infinity') AND created_at < coalesce(to_timestamp($3::int8), 'infinity')
  AND ($4::text IS NULL OR currency = $4) AND ($5::text IS NULL OR type = $5)`;
/** By the time of posting: a capture or a refund may come long after its id was made. */
const between = `
  (created_at, id) < (coalesce(to_timestamp($6::int8 / 1000.0), 'infinity'), $7)
  AND (created_at, id) > (coalesce(to_timestamp($8::int8 / 1000.0), '-infinity'), $9)`;
const page = (order: 'ASC' | 'DESC'): string =>
  `${described(
    `SELECT ${columns} FROM balance_transaction WHERE ${filters} AND ${between}
     ORDER BY created_at ${order}, id ${order} LIMIT $10`,
  )} ORDER BY created_at ${order}, id ${order}`;
export const transactionsDownStatement = statement('balance_transactions_down', page('DESC'));
export const transactionsUpStatement = statement('balance_transactions_up', page('ASC'));
/** An object moves the balance once, under an id made from its own. */
export const transactionsOfSourceStatement = statement(
  'balance_transactions_of_source',
  described(
    `SELECT ${columns} FROM balance_transaction
     WHERE id = $10 AND source = $11 AND ${filters} AND ${between}`,
  ),
);

/** Which page of an account's transactions. */
export interface TransactionPage {
  readonly account: string;
  readonly direction: 'down' | 'up';
  readonly limit: number;
  /** Not included; null where the page begins, or ends, with the list. */
  readonly below: Place | null;
  readonly above: Place | null;
  /** Unix seconds; from the first, included, to the second, not included. */
  readonly createdFrom: number | null;
  readonly createdBefore: number | null;
  readonly currency: Currency | null;
  readonly type: BalanceTransaction['type'] | null;
  readonly source: string | null;
}
type Place = Pick<BalanceTransaction, 'createdAt' | 'id'>;

export interface DescribedTransaction {
  readonly transaction: BalanceTransaction;
  readonly chargeDescription: string | null;
}

interface TransactionRow {
  id: string;
  type: BalanceTransaction['type'];
  amount_minor: number;
  fee_minor: number;
  currency: Currency;
  source: string;
  charge_id: string;
  created_at: Instant;
  available_on: Instant;
  description: string | null;
}

/** @returns undefined when the account has no such transaction, whoever else may have it */
export async function findTransaction(
  sql: Sql,
  account: string,
  id: string,
): Promise<DescribedTransaction | undefined> {
  const [row] = await sql.query<TransactionRow>(findTransactionStatement, [id, account]);
  return row && transactionOf(row);
}

/** In the order of the page's direction. */
export async function listTransactions(sql: Sql, page: TransactionPage): Promise<DescribedTransaction[]> {
  const { account, direction, limit, below, above, createdFrom, createdBefore, currency, type, source } = page;
  const filters = [account, createdFrom, createdBefore, currency, type];
  const between = [below?.createdAt ?? null, below?.id ?? '', above?.createdAt ?? null, above?.id ?? ''];
  const rows = await (source === null
    ? sql.query<TransactionRow>(direction === 'down' ? transactionsDownStatement : transactionsUpStatement, [
        ...filters,
        ...between,
        limit,
      ])
    : sql.query<TransactionRow>(transactionsOfSourceStatement, [
        ...filters,
        ...between,
        transactionIdOf(source),
        source,
      ]));
  return rows.map(transactionOf);
}

function transactionOf(row: TransactionRow): DescribedTransaction {
  return {
    transaction: {
      id: row.id,
      type: row.type,
      amountMinor: row.amount_minor,
      feeMinor: row.fee_minor,
      currency: row.currency,
      source: row.source,
      chargeId: row.charge_id,
      createdAt: row.created_at,
      availableOn: row.available_on,
    },
    chargeDescription: row.description,
  };
}
