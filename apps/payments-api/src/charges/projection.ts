import { isDeepStrictEqual } from 'node:util';
import { statement, type Sql } from '#postgres';
import { evolve, type Charge, type ChargeEvent } from './charge.js';

const PAGE = 500;

const pageStatement = statement(
  'projection_page',
  `SELECT id,
          jsonb_build_object('account', account, 'state', state, 'version', version, 'amount_minor', amount_minor,
            'currency', currency, 'customer', customer, 'payment_intent', payment_intent, 'opening', opening,
            'details', details, 'ending', ending) AS stored,
          (SELECT jsonb_agg(jsonb_build_object('version', version, 'event', data || jsonb_build_object('type', type))
                            ORDER BY version)
           FROM charge_event WHERE charge_id = charge.id) AS stream
   FROM charge WHERE id > $1 ORDER BY id LIMIT $2`,
);

interface Row {
  id: string;
  stored: object;
  stream: { version: number; event: ChargeEvent }[] | null;
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
    for (const row of rows) if (!isDeepStrictEqual(row.stored, rebuilt(row))) wrong.push(row.id);
    checked += rows.length;
    if (rows.length < PAGE) return { checked, wrong };
    after = rows.at(-1)!.id;
  }
}

function rebuilt({ id, stream }: Row): object | undefined {
  // A stream begins at 1 and has no gaps.
  if (!stream?.every(({ version }, place) => version === place + 1)) return undefined;
  const charge = stream.reduce<Charge>((state, { event }) => evolve(state, event), { state: 'none' });
  if (charge.state === 'none' || charge.opening.id !== id) return undefined;
  const { opening, details, state } = charge;
  return {
    account: opening.account,
    state,
    version: stream.length,
    amount_minor: opening.amount.amountMinor,
    currency: opening.amount.currency,
    customer: opening.customer,
    payment_intent: opening.paymentIntent,
    opening,
    details,
    ending: charge.state === 'requested' ? null : charge.ending,
  };
}
