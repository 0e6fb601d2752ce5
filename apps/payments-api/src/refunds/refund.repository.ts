import { statement, type Sql } from '#postgres';
import type { ListBounds, ListPage } from '../http/list-parameters.js';
import { ListStatements } from '../lists/list-statements.repository.js';
import type { RefundFilters } from './list-request.js';
import type { Refund } from './refund.js';

// Refunds are written with their charge, whose stream they follow from: see saveRefundsStatement of charge.repository.ts.

export const findRefundStatement = statement(
  'refund_find',
  'SELECT refund, charge_id AS "chargeId" FROM refund WHERE id = $1 AND account = $2',
);

const refundRowStatement = statement('refund_admin', 'SELECT * FROM refund WHERE id = $1');

export const refundLists = new ListStatements('refund_list', 'refund', 'refund, charge_id AS "chargeId"', {
  charge: 'charge_id',
} satisfies Record<keyof RefundFilters, string>);

export interface FoundRefund {
  readonly refund: Refund;
  readonly chargeId: string;
}

/** Which page of an account's refunds. */
export interface RefundPage extends ListBounds, Pick<ListPage, 'direction' | 'limit'> {
  readonly account: string;
  readonly filters: RefundFilters;
}

/** @returns undefined when the account has no such refund, whoever else may have it */
export async function findRefund(sql: Sql, account: string, id: string): Promise<FoundRefund | undefined> {
  return (await sql.query<FoundRefund>(findRefundStatement, [id, account]))[0];
}

/** In the order of the page's direction. */
export function listRefunds(sql: Sql, page: RefundPage): Promise<FoundRefund[]> {
  return sql.query<FoundRefund>(...refundLists.of(page, page.filters));
}

/** For operators: the row as it stands, whose account it may be; the stream that it follows from is its charge's. */
export async function refundStory(sql: Sql, id: string): Promise<object | undefined> {
  return (await sql.query(refundRowStatement, [id]))[0];
}
