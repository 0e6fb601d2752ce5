import { isDeepStrictEqual } from 'node:util';
import { statement, type Sql } from '#postgres';
import { evolve, type Charge, type ChargeEvent, type OpenedCharge } from './charge.js';

const PAGE = 500;

const pageStatement = statement(
  'projection_page',
  `SELECT id, account, state, version, amount_minor, currency, customer, payment_intent, opening, details, ending,
          (SELECT jsonb_agg(data || jsonb_build_object('type', type, 'version', version) ORDER BY version)
           FROM charge_event WHERE charge_id = charge.id) AS events
   FROM charge WHERE id > $1 ORDER BY id LIMIT $2`,
);

interface Row {
  id: string;
  account: string;
  state: OpenedCharge['state'];
  version: number;
  amount_minor: number;
  currency: string;
  customer: string | null;
  payment_intent: string | null;
  opening: object;
  details: object;
  ending: object | null;
  events: (ChargeEvent & { version: number })[] | null;
}

/**
 * Rebuilds every charge from its stream and compares: invariant A10.
 *
 * @returns the ids of rows that do not follow from their events, and how many rows were looked at
 */
export async function verifyProjection(sql: Sql): Promise<{ checked: number; wrong: string[] }> {
  const wrong: string[] = [];
  let checked = 0;
  for (let after = ''; ;) {
    const rows = await sql.query<Row>(pageStatement, [after, PAGE]);
    for (const row of rows) if (!isDeepStrictEqual(asStored(row), rebuilt(row))) wrong.push(row.id);
    checked += rows.length;
    if (rows.length < PAGE) return { checked, wrong };
    after = rows.at(-1)!.id;
  }
}

function asStored({ events: _, ...row }: Row): object {
  return row;
}

function rebuilt({ events }: Row): object | undefined {
  // A stream begins at 1 and has no gaps.
  if (!events?.every(({ version }, place) => version === place + 1)) return undefined;
  const charge = events
    .map(({ version: _, ...event }) => event as ChargeEvent)
    .reduce<Charge>(evolve, { state: 'none' });
  if (charge.state === 'none') return undefined;
  const { opening, details, state } = charge;
  return {
    id: opening.id,
    account: opening.account,
    state,
    version: events.length,
    amount_minor: opening.amount.amountMinor,
    currency: opening.amount.currency,
    customer: opening.customer,
    payment_intent: opening.paymentIntent,
    opening,
    details,
    ending: charge.state === 'requested' ? null : charge.ending,
  };
}
