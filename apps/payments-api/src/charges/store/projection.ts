import { isDeepStrictEqual } from 'node:util';
import { statement, type Sql } from '#postgres';
import { refundState } from '../charge/refund.js';
import { evolve, type Charge, type ChargeEvent, type OpenedCharge } from '../charge/charge.js';
import { isAwaiting, lapsesAt } from '../charge/pending.js';

/** Small: a charge may have many refunds, each with metadata. */
const PAGE = 50;

const pageStatement = statement(
  'projection_page',
  `SELECT id,
          jsonb_build_object('account', account, 'state', state, 'version', version, 'amount_minor', amount_minor,
            'currency', currency, 'customer', customer, 'payment_intent', payment_intent, 'opening', opening,
            'details', details, 'hold', hold, 'ending', ending, 'refund_count', refund_count,
            'refund_pending_minor', refund_pending_minor, 'refund_succeeded_minor', refund_succeeded_minor,
            'awaiting', awaiting, 'expires_ms', (extract(epoch FROM expires_at) * 1000)::int8) AS stored,
          (SELECT jsonb_agg(jsonb_build_object('id', id, 'account', account, 'charge_id', charge_id, 'state', state,
                              'amount_minor', amount_minor, 'currency', currency,
                              'created_ms', (extract(epoch FROM created_at) * 1000)::int8, 'refund', refund) ORDER BY id)
           FROM refund WHERE charge_id = charge.id) AS refunds,
          (SELECT jsonb_agg(jsonb_build_object('version', version, 'event', data || jsonb_build_object('type', type))
                            ORDER BY version)
           FROM charge_event WHERE charge_id = charge.id) AS stream
   FROM charge WHERE id > $1 ORDER BY id LIMIT $2`,
);

interface Row {
  id: string;
  stored: object;
  refunds: object[] | null;
  stream: { version: number; event: ChargeEvent }[] | null;
}

/**
 * Rebuilds every charge and its refunds from its event stream and compares it with the row (promise A10).
 *
 * @returns ids of the rows that differ, and the number of rows compared
 */
export async function verifyProjection(sql: Sql): Promise<{ checked: number; wrong: string[] }> {
  const wrong: string[] = [];
  let checked = 0;
  for (let after = ''; ;) {
    const rows = await sql.query<Row>(pageStatement, [after, PAGE]);
    for (const row of rows) if (!follows(row)) wrong.push(row.id);
    checked += rows.length;
    if (rows.length < PAGE) return { checked, wrong };
    after = rows.at(-1)!.id;
  }
}

function follows(row: Row): boolean {
  const charge = rebuilt(row);
  return (
    charge !== undefined &&
    isDeepStrictEqual(row.stored, rowOf(charge, row.stream!.length)) &&
    isDeepStrictEqual(row.refunds ?? [], refundRowsOf(charge))
  );
}

function rebuilt({ id, stream }: Row): OpenedCharge | undefined {
  // Versions begin at 1 and have no gaps.
  if (!stream?.every(({ version }, place) => version === place + 1)) return undefined;
  const charge = stream.reduce<Charge>((state, { event }) => evolve(state, event), { state: 'none' });
  return charge.state === 'none' || charge.opening.id !== id ? undefined : charge;
}

function rowOf(charge: OpenedCharge, version: number): object {
  const { opening, details, state, hold, ending, refunds } = charge;
  return {
    account: opening.account,
    state,
    version,
    amount_minor: opening.amount.amountMinor,
    currency: opening.amount.currency,
    customer: opening.customer,
    payment_intent: opening.paymentIntent,
    opening,
    details,
    hold,
    ending,
    refund_count: refunds.count,
    refund_pending_minor: refunds.pendingMinor,
    refund_succeeded_minor: refunds.succeededMinor,
    awaiting: isAwaiting(charge),
    expires_ms: lapsesAt(charge),
  };
}

function refundRowsOf({ opening: { id: charge_id, account }, refunds }: OpenedCharge): object[] {
  return refunds.known
    .map((refund) => ({
      id: refund.opening.id,
      account,
      charge_id,
      state: refundState(refund),
      amount_minor: refund.opening.amount.amountMinor,
      currency: refund.opening.amount.currency,
      created_ms: refund.opening.openedAt,
      refund,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
