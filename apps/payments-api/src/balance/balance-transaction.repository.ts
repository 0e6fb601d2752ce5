import type { Instant } from '#clock';
import { currencyCodes, type Currency } from '#money';
import { statement, type Sql, type Statement } from '#postgres';
import type { ListBounds, ListPage } from '../protocol/list-parameters.js';
import { ofWholeList, pageValues, withinBounds } from '../lists/list-statements.repository.js';
import { transactionIdOf, transactionTypes, type BalanceTransaction } from './balance-transaction.js';
import type { TransactionFilters } from './transaction-list-parameters.js';

/**
 * The INSERT of balance transactions as a part of the statement that saves their charges, so that both commit together.
 *
 * @param first number of its first parameter; `transactionValues` gives the values
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

/** A balance transaction to insert. */
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

/** The description is read from the charge: it may be updated at any time, and these rows are append-only. */
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

/**
 * One index (currency, type, posting time) serves every filter: the page merges the first rows of each currency and
 * type. Ordered by time, because an id may be much older than its capture or refund.
 */
const page = (order: 'ASC' | 'DESC'): string =>
  `${described(
    `SELECT found.* FROM unnest($7::text[]) AS wanted (currency) CROSS JOIN unnest($8::text[]) AS kind (type)
     CROSS JOIN LATERAL (
       SELECT ${columns} FROM balance_transaction
       WHERE account = $1 AND balance_transaction.currency = wanted.currency AND balance_transaction.type = kind.type
         AND ${ofWholeList} AND ${withinBounds}
       ORDER BY created_at ${order}, id ${order} LIMIT $6
     ) AS found
     ORDER BY found.created_at ${order}, found.id ${order} LIMIT $6`,
  )} ORDER BY created_at ${order}, id ${order}`;
const downStatement = statement('balance_transactions_down', page('DESC'));
const upStatement = statement('balance_transactions_up', page('ASC'));
/** A charge or refund has one balance transaction, whose id is derived from its own. */
const ofSourceStatement = statement(
  'balance_transactions_of_source',
  described(
    `SELECT ${columns} FROM balance_transaction
     WHERE id = $9 AND source = $10 AND account = $1 AND currency = ANY ($7::text[]) AND type = ANY ($8::text[])
       AND ${withinBounds} LIMIT $6`,
  ),
);
export const transactionLists: readonly Statement[] = [downStatement, upStatement, ofSourceStatement];

/** A page of an account's balance transactions. */
export interface TransactionPage extends ListBounds, Pick<ListPage, 'direction' | 'limit'> {
  readonly account: string;
  readonly filters: TransactionFilters;
}

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

/** @returns undefined when this account has no such transaction */
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
  const { currency, type, source } = page.filters;
  const values = [...pageValues(page), currency ? [currency] : currencyCodes, type ? [type] : transactionTypes];
  const rows = await (source === null
    ? sql.query<TransactionRow>(page.direction === 'down' ? downStatement : upStatement, values)
    : sql.query<TransactionRow>(ofSourceStatement, [...values, transactionIdOf(source), source]));
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
