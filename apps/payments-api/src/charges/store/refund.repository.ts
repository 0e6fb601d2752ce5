import { statement, type Sql } from '#postgres';
import type { ListBounds, ListPage } from '../../protocol/list-parameters.js';
import { ListStatements, ofWholeList } from '../../lists/list-statements.repository.js';
import type { RefundFilters } from '../parameters/refund-list-parameters.js';
import { REFUNDS_SHOWN, type ChargeRefund } from '../charge/refund.js';

// Refunds are part of their charge's stream, and written with it: saveRefundsStatement in charge-statements.ts.

export const findRefundStatement = statement(
  'refund_find',
  'SELECT refund, charge_id AS "chargeId" FROM refund WHERE id = $1 AND account = $2',
);

/** The charge is locked, or its refunds are only shown. */
export const refundsByIdStatement = statement(
  'refund_by_id',
  'SELECT refund, charge_id AS "chargeId" FROM refund WHERE id = ANY ($1::text[]) ORDER BY id',
);

/** Ordered by creation time, by the index of lists: ids of two instances do not sort by time. */
export const latestRefundsStatement = statement(
  'refund_latest',
  `SELECT latest.refund, wanted.id AS "chargeId" FROM unnest($1::text[], $2::text[]) AS wanted (id, account)
   CROSS JOIN LATERAL (
     SELECT refund FROM refund
     WHERE refund.account = wanted.account AND refund.charge_id = wanted.id AND ${ofWholeList}
     ORDER BY created_at DESC, id DESC LIMIT ${REFUNDS_SHOWN}
   ) AS latest`,
);

/** Refunds that have not ended, without their metadata. */
export const pendingRefundsStatement = statement(
  'refund_pending',
  `SELECT wanted.id AS "chargeId", jsonb_build_object('opening', refund->'opening', 'metadata', '{}'::jsonb,
                                                      'of', refund->'of', 'end', refund->'end') AS refund
   FROM unnest($1::text[]) AS wanted (id)
   CROSS JOIN LATERAL (
     SELECT refund FROM refund WHERE refund.charge_id = wanted.id AND state = 'pending' ORDER BY id
   ) AS pending`,
);

export const refundLists = new ListStatements('refund_list', 'refund', 'refund, charge_id AS "chargeId"', {
  charge: 'charge_id',
} satisfies Record<keyof RefundFilters, string>);

export interface FoundRefund {
  readonly refund: ChargeRefund;
  readonly chargeId: string;
}

/** A page of an account's refunds. */
export interface RefundPage extends ListBounds, Pick<ListPage, 'direction' | 'limit'> {
  readonly account: string;
  readonly filters: RefundFilters;
}

/** @returns undefined when this account has no such refund */
export async function findRefund(sql: Sql, account: string, id: string): Promise<FoundRefund | undefined> {
  return (await sql.query<FoundRefund>(findRefundStatement, [id, account]))[0];
}

export const readRefunds = (sql: Sql, ids: readonly string[]): Promise<FoundRefund[]> =>
  sql.query<FoundRefund>(refundsByIdStatement, [ids]);

/** @returns the newest refunds of each charge, by charge id */
export async function readLatestRefunds(
  sql: Sql,
  charges: readonly { readonly opening: { readonly id: string; readonly account: string } }[],
): Promise<Map<string, ChargeRefund[]>> {
  const values = [charges.map(({ opening }) => opening.id), charges.map(({ opening }) => opening.account)];
  return byCharge(await sql.query<FoundRefund>(latestRefundsStatement, values));
}

export async function readPendingRefunds(sql: Sql, charges: readonly string[]): Promise<Map<string, ChargeRefund[]>> {
  return byCharge(await sql.query<FoundRefund>(pendingRefundsStatement, [charges]));
}

export function byCharge(found: readonly FoundRefund[]): Map<string, ChargeRefund[]> {
  const groups = Map.groupBy(found, ({ chargeId }) => chargeId);
  return new Map([...groups].map(([id, group]) => [id, group.map(({ refund }) => refund)]));
}

/** In the order of the page's direction. */
export function listRefunds(sql: Sql, page: RefundPage): Promise<FoundRefund[]> {
  return sql.query<FoundRefund>(...refundLists.of(page, page.filters));
}
