import { statement, type Sql } from '#postgres';
import type { ListPage } from '../http/list-parameters.js';
import type { Refund } from './refund.js';

// Refunds are written with their charge, whose stream they follow from: see saveRefundsStatement of charge.repository.ts.

export const findRefundStatement = statement(
  'refund_find',
  'SELECT refund, charge_id AS "chargeId" FROM refund WHERE id = $1 AND account = $2',
);

const refundRowStatement = statement('refund_admin', 'SELECT * FROM refund WHERE id = $1');

const filters = `account = $1 AND id < $2 AND id > $3
  AND ($5::int8 IS NULL OR created_at >= to_timestamp($5)) AND ($6::int8 IS NULL OR created_at < to_timestamp($6))`;
const page = (order: 'ASC' | 'DESC', of = ''): string =>
  `SELECT refund, charge_id AS "chargeId" FROM refund WHERE ${filters} ${of} ORDER BY id ${order} LIMIT $4`;
export const refundsDownStatement = statement('refund_list_down', page('DESC'));
export const refundsUpStatement = statement('refund_list_up', page('ASC'));
// A charge's refunds have an index of their own, which a filter that may be absent could not use.
export const refundsOfChargeDownStatement = statement('refund_of_charge_down', page('DESC', 'AND charge_id = $7'));
export const refundsOfChargeUpStatement = statement('refund_of_charge_up', page('ASC', 'AND charge_id = $7'));

export interface FoundRefund {
  readonly refund: Refund;
  readonly chargeId: string;
}

/** Which page of an account's refunds; `above` and `below` are ids, not included. */
export interface RefundPage extends ListPage {
  readonly account: string;
  readonly below: string;
  readonly above: string;
  readonly chargeId: string | null;
}

/** @returns undefined when the account has no such refund, whoever else may have it */
export async function findRefund(sql: Sql, account: string, id: string): Promise<FoundRefund | undefined> {
  return (await sql.query<FoundRefund>(findRefundStatement, [id, account]))[0];
}

/** In the order of the page's direction. */
export function listRefunds(sql: Sql, page: RefundPage): Promise<FoundRefund[]> {
  const { account, below, above, limit, createdFrom, createdBefore, chargeId, direction } = page;
  const values = [account, below, above, limit, createdFrom, createdBefore];
  if (chargeId === null) {
    return sql.query<FoundRefund>(direction === 'down' ? refundsDownStatement : refundsUpStatement, values);
  }
  const ofCharge = direction === 'down' ? refundsOfChargeDownStatement : refundsOfChargeUpStatement;
  return sql.query<FoundRefund>(ofCharge, [...values, chargeId]);
}

/** For operators: the row as it stands, whose account it may be; the stream that it follows from is its charge's. */
export async function refundStory(sql: Sql, id: string): Promise<object | undefined> {
  return (await sql.query(refundRowStatement, [id]))[0];
}
