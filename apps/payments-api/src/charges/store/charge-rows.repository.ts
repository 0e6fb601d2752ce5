import type { views } from '#contracts';
import { statement, type Sql } from '#postgres';
import { readLatestRefunds } from './refund.repository.js';
import type { ChargeRefund } from '../charge/refund.js';
import type { ListBounds, ListPage } from '../../protocol/list-parameters.js';
import { ListStatements } from '../../lists/list-statements.repository.js';
import { alsoKnowing } from '../charge/refunds-of-charge.js';
import type { ChargeDetails, ChargeOutcome, OpenedCharge, Opening } from '../charge/charge.js';
import { expandsRefunds } from '../../protocol/expand.js';
import type { ManualAuthorization } from '../charge/manual-authorization.js';
import type { ChargeFilters } from '../parameters/charge-list-parameters.js';

export const columns =
  'id, account, state, version, payment_intent, opening, details, hold, ending, refund_count, refund_pending_minor, refund_succeeded_minor';

export const findStatement = statement('charge_find', `SELECT ${columns} FROM charge WHERE id = $1 AND account = $2`);

/** Each column has a partial index (migration 0004). */
const filterColumns: Readonly<Record<keyof ChargeFilters, string>> = {
  customer: 'customer',
  payment_intent: 'payment_intent',
  transfer_group: "(details->>'transferGroup')",
};
export const chargeLists = new ListStatements('charge_list', 'charge', columns, filterColumns, {
  partial: true,
  narrowest: 'payment_intent',
});

export const findManyStatement = statement(
  'charge_find_many',
  `SELECT found.* FROM unnest($1::text[]) AS wanted (id)
   CROSS JOIN LATERAL (SELECT ${columns} FROM charge WHERE charge.id = wanted.id AND account = $2 LIMIT 1) AS found`,
);

export const unsettledStatement = statement(
  'charge_unsettled',
  `SELECT id, account, opening->'instrument'->'card'->>'brand' AS network,
     opening->'instrument'->>'fault' AS fault, created_at AS "createdAt" FROM charge
   WHERE awaiting ORDER BY next_sweep_at LIMIT $1`,
);
export const stillUnsettledStatement = statement(
  'charge_still_unsettled',
  `SELECT wanted.id FROM unnest($1::text[]) AS wanted (id)
   CROSS JOIN LATERAL (SELECT awaiting FROM charge WHERE charge.id = wanted.id LIMIT 1) AS found
   WHERE found.awaiting`,
);

/** Columns that hold the folded charge. */
export interface FoldColumns {
  state: OpenedCharge['state'];
  opening: Opening;
  details: ChargeDetails;
  hold: ManualAuthorization | null;
  ending: ChargeOutcome | null;
  refund_count: number;
  refund_pending_minor: number;
  refund_succeeded_minor: number;
}
export interface ChargeRow extends FoldColumns {
  id: string;
  account: string;
  version: number;
}
/** A page of an account's charges. */
export interface ChargePage extends ListBounds, Pick<ListPage, 'direction' | 'limit'> {
  readonly account: string;
  readonly filters: ChargeFilters;
}

/**
 * @param expand paths to render as objects; refunds are read only for these
 * @returns undefined when this account has no such charge
 */
export async function findCharge(
  sql: Sql,
  account: string,
  id: string,
  expand: readonly string[],
): Promise<OpenedCharge | undefined> {
  const rows = await sql.query<ChargeRow>(findStatement, [id, account]);
  const [charge] = await shown(sql, rows.map(chargeOf), expand);
  return charge;
}

/** Charges of other accounts are left out. */
export async function findCharges(
  sql: Sql,
  account: string,
  ids: readonly string[],
  expand: readonly string[],
): Promise<Map<string, OpenedCharge>> {
  const rows = await sql.query<ChargeRow>(findManyStatement, [[...new Set(ids)], account]);
  const charges = await shown(sql, rows.map(chargeOf), expand);
  return new Map(charges.map((charge) => [charge.opening.id, charge]));
}

/** In the order of the page's direction. */
export async function listCharges(sql: Sql, page: ChargePage, expand: readonly string[]): Promise<OpenedCharge[]> {
  const rows = await sql.query<ChargeRow>(...chargeLists.of(page, page.filters));
  return shown(sql, rows.map(chargeOf), expand);
}

/** Loads the refunds that `expand` shows. */
export async function shown(
  sql: Sql,
  charges: readonly OpenedCharge[],
  expand: readonly string[],
): Promise<OpenedCharge[]> {
  const refunded = charges.filter(({ refunds }) => refunds.count > 0);
  if (!expandsRefunds(expand) || refunded.length === 0) return [...charges];
  const latest = await readLatestRefunds(sql, refunded);
  return charges.map((charge) => withKnown(charge, latest.get(charge.opening.id) ?? []));
}

export function withKnown(charge: OpenedCharge, refunds: readonly ChargeRefund[]): OpenedCharge {
  return refunds.length > 0 ? { ...charge, refunds: alsoKnowing(charge.refunds, refunds) } : charge;
}

export function unsettledCharges(sql: Sql, limit: number): Promise<views.UnsettledChargeView[]> {
  return sql.query<views.UnsettledChargeView>(unsettledStatement, [limit]);
}

export async function stillUnsettled(sql: Sql, ids: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ id: string }>(stillUnsettledStatement, [ids]);
  return new Set(rows.map(({ id }) => id));
}

/** Without refunds; see `withKnown`. */
export function chargeOf(row: FoldColumns): OpenedCharge {
  const { state, opening, details, hold, ending } = row;
  const refunds = {
    count: row.refund_count,
    pendingMinor: row.refund_pending_minor,
    succeededMinor: row.refund_succeeded_minor,
    known: [],
  };
  return { state, opening, details, hold, ending, refunds } as OpenedCharge;
}
