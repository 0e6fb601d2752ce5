import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '#service';
import { statement, type PgTransaction, type Sql } from '#postgres';
import type { Aggregates, Saved, Stalled, WorkingSet } from '#saga';
import type { Clock } from '#clock';
import { nameOf, type GivenAnswer } from '../idempotency/key.js';
import { Settlements } from './settlements.js';
import { createAnswer } from './answer.js';
import { noCharge, type ChargeRecord } from './charge-record.js';
import type { Charge, Details, Ending, Opening, OpenedCharge } from './charge.js';

const columns = 'id, account, state, version, opening, details, ending';

// LIMIT 1 changes no result; see key.repository.ts.
export const loadStatement = statement(
  'charge_load',
  `SELECT locked.*, rendering.*
   FROM unnest($1::text[]) AS wanted (id)
   CROSS JOIN LATERAL (
     SELECT ${columns}, idempotency_key AS key FROM charge WHERE charge.id = wanted.id FOR UPDATE
   ) AS locked
   LEFT JOIN LATERAL (
     SELECT expand, holder FROM idempotency_key
     WHERE idempotency_key.account = locked.account AND idempotency_key.key = locked.key LIMIT 1
   ) AS rendering ON true`,
);

/** Rows, their new events, and the answers of what has settled: one statement. */
export const saveStatement = statement(
  'charge_save',
  `WITH written AS (
     INSERT INTO charge (id, account, state, version, amount_minor, currency, customer, payment_intent, created_at,
                         opening, details, ending, idempotency_key, traceparent)
     SELECT id, account, state, version, amount_minor, currency, customer, payment_intent,
            to_timestamp(created_ms / 1000.0), opening, details, ending, key, traceparent
     FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::int8[], $6::text[], $7::text[], $8::text[],
                 $9::int8[], $10::jsonb[], $11::jsonb[], $12::jsonb[], $13::text[], $14::text[])
       AS new (id, account, state, version, amount_minor, currency, customer, payment_intent, created_ms, opening,
               details, ending, key, traceparent)
     ON CONFLICT (id) DO UPDATE
       SET state = excluded.state, version = excluded.version, details = excluded.details, ending = excluded.ending
   ), recorded AS (
     INSERT INTO charge_event (charge_id, version, type, data)
     SELECT * FROM unnest($15::text[], $16::int4[], $17::text[], $18::jsonb[])
   )
   INSERT INTO idempotency_answer (account, key, status, body)
   SELECT * FROM unnest($19::text[], $20::text[], $21::int2[], $22::text[])
   ON CONFLICT DO NOTHING
   RETURNING account, key`,
);

export const findStatement = statement('charge_find', `SELECT ${columns} FROM charge WHERE id = $1 AND account = $2`);

const filters = `account = $1
  AND ($5::int8 IS NULL OR created_at >= to_timestamp($5)) AND ($6::int8 IS NULL OR created_at < to_timestamp($6))
  AND ($7::text IS NULL OR customer = $7) AND ($8::text IS NULL OR payment_intent = $8)
  AND ($9::text IS NULL OR details->>'transferGroup' = $9)`;
export const listDownStatement = statement(
  'charge_list_down',
  `SELECT ${columns} FROM charge WHERE ${filters} AND id < $2 AND id > $3 ORDER BY id DESC LIMIT $4`,
);
export const listUpStatement = statement(
  'charge_list_up',
  `SELECT ${columns} FROM charge WHERE ${filters} AND id < $2 AND id > $3 ORDER BY id LIMIT $4`,
);

/** Backoff of the sweeper: 15 s after the opening, then twice as long each time, 30 s at most, so that a fault's end is noticed. */
export const takeStalledStatement = statement(
  'charge_take_stalled',
  `UPDATE charge SET sweeps = sweeps + 1, next_sweep_at = now() + least(15 * 2 ^ sweeps, 30) * interval '1 s'
   WHERE id = ANY (ARRAY(
     SELECT id FROM charge WHERE state = 'requested' AND next_sweep_at <= now()
     ORDER BY next_sweep_at LIMIT $1 FOR UPDATE SKIP LOCKED
   ))
   RETURNING ${columns}, idempotency_key AS key, traceparent`,
);

const eventsStatement = statement(
  'charge_events',
  `SELECT version, type, data, recorded_at FROM charge_event WHERE charge_id = $1 ORDER BY version`,
);
const adminRowStatement = statement('charge_admin', 'SELECT * FROM charge WHERE id = $1');
const unsettledStatement = statement(
  'charge_unsettled',
  `SELECT id, account, opening->'instrument'->'card'->>'brand' AS network, created_at FROM charge
   WHERE state = 'requested' ORDER BY next_sweep_at LIMIT $1`,
);
const stillUnsettledStatement = statement(
  'charge_still_unsettled',
  `SELECT wanted.id FROM unnest($1::text[]) AS wanted (id)
   JOIN charge ON charge.id = wanted.id WHERE charge.state = 'requested'`,
);

interface ChargeRow {
  id: string;
  account: string;
  state: 'requested' | 'succeeded' | 'failed';
  version: number;
  opening: Opening;
  details: Details;
  ending: Ending | null;
}
interface LoadedRow extends ChargeRow {
  key: string;
  expand: string[] | null;
  holder: string | null;
}

export interface UnsettledRow {
  readonly id: string;
  readonly account: string;
  readonly network: string;
  readonly created_at: number;
}

/** Which page of an account's charges; `above` and `below` are ids, not included. */
export interface ChargePage {
  readonly account: string;
  readonly below: string;
  readonly above: string;
  readonly limit: number;
  readonly direction: 'down' | 'up';
  /** Unix seconds; from the first, included, to the second, not included. */
  readonly createdFrom: number | null;
  readonly createdBefore: number | null;
  readonly customer: string | null;
  readonly paymentIntent: string | null;
  readonly transferGroup: string | null;
}

@Injectable()
export class ChargeRepository implements Aggregates<PgTransaction, ChargeRecord>, Stalled<PgTransaction, ChargeRecord> {
  constructor(
    @Inject(Settlements) private readonly settlements: Settlements,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async load(tx: PgTransaction, ids: readonly string[]): Promise<WorkingSet<ChargeRecord>> {
    const rows = await tx.query<LoadedRow>(loadStatement, [ids]);
    const records = new Map(rows.map((row) => [row.id, recordOf(row)]));
    return {
      get: (id) => records.get(id) ?? noCharge(''),
      set: (id, record) => void records.set(id, record),
    };
  }

  /** When charges settled just now, the answers under their keys are stored with them; whoever has to hear of it does so after the commit. */
  async save(tx: PgTransaction, changed: readonly Saved<ChargeRecord>[]): Promise<void> {
    const settled = changed
      .map(({ state }) => state)
      .filter(({ unsaved }) => unsaved.some(({ type }) => type !== 'updated'));
    const answers = settled.flatMap(({ charge, key, rendering }): GivenAnswer[] => {
      if (!rendering) return [];
      const { opening } = opened(charge);
      return [
        { account: opening.account, key, answer: createAnswer(opened(charge), rendering.expand, this.clock.now()) },
      ];
    });
    answers.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const values = saveValues(
      changed.map(({ state }) => ({ record: state })),
      answers,
    );
    const stored = await tx.query<{ account: string; key: string }>(saveStatement, values);
    if (settled.length === 0) return;
    const first = new Set(stored.map(nameOf));
    tx.onCommit(() =>
      this.settlements.committed(
        settled.map(({ charge }) => opened(charge)),
        answers.filter((answer) => first.has(nameOf(answer))),
        settled.map(({ rendering }) => rendering?.holder),
      ),
    );
  }

  async take(tx: PgTransaction, limit: number): Promise<{ state: ChargeRecord; traceparent?: string | undefined }[]> {
    const rows = await tx.query<LoadedRow & { traceparent: string | null }>(takeStalledStatement, [limit]);
    return rows.map((row) => ({
      state: recordOf({ ...row, expand: null, holder: null }),
      traceparent: row.traceparent ?? undefined,
    }));
  }
}

/** What `saveStatement` takes. `traceparent` is written once, with the first event. */
export function saveValues(
  changed: readonly { record: ChargeRecord; traceparent?: string | undefined }[],
  answers: readonly GivenAnswer[],
): unknown[] {
  const rows = changed.map(({ record, traceparent }) => ({ ...record, charge: opened(record.charge), traceparent }));
  const openings = rows.map(({ charge }) => charge.opening);
  const events = rows.flatMap(({ charge, version, unsaved }) =>
    unsaved.map(({ type, ...data }, place) => ({
      id: charge.opening.id,
      version: version - unsaved.length + place + 1,
      type,
      data,
    })),
  );
  return [
    openings.map(({ id }) => id),
    openings.map(({ account }) => account),
    rows.map(({ charge }) => charge.state),
    rows.map(({ version }) => version),
    openings.map(({ amount }) => amount.amountMinor),
    openings.map(({ amount }) => amount.currency),
    openings.map(({ customer }) => customer),
    openings.map(({ paymentIntent }) => paymentIntent),
    openings.map(({ openedAt }) => openedAt),
    openings.map((opening) => JSON.stringify(opening)),
    rows.map(({ charge }) => JSON.stringify(charge.details)),
    rows.map(({ charge }) => (charge.state === 'requested' ? null : JSON.stringify(charge.ending))),
    rows.map(({ key }) => key),
    rows.map(({ traceparent }) => traceparent ?? null),
    events.map(({ id }) => id),
    events.map(({ version }) => version),
    events.map(({ type }) => type),
    events.map(({ data }) => JSON.stringify(data)),
    answers.map(({ account }) => account),
    answers.map(({ key }) => key),
    answers.map(({ answer }) => answer.status),
    answers.map(({ answer }) => answer.body),
  ];
}

/** @returns undefined when the account has no such charge, whoever else may have it */
export async function findCharge(sql: Sql, account: string, id: string): Promise<OpenedCharge | undefined> {
  const [row] = await sql.query<ChargeRow>(findStatement, [id, account]);
  return row && chargeOf(row);
}

/** In the order of the page's direction. */
export async function listCharges(sql: Sql, page: ChargePage): Promise<OpenedCharge[]> {
  const rows = await sql.query<ChargeRow>(page.direction === 'down' ? listDownStatement : listUpStatement, [
    page.account,
    page.below,
    page.above,
    page.limit,
    page.createdFrom,
    page.createdBefore,
    page.customer,
    page.paymentIntent,
    page.transferGroup,
  ]);
  return rows.map(chargeOf);
}

/** For operators: the row as it stands and the stream it follows from. */
export async function chargeStory(sql: Sql, id: string): Promise<object | undefined> {
  const [[charge], events] = await Promise.all([sql.query(adminRowStatement, [id]), sql.query(eventsStatement, [id])]);
  return charge && { charge, events };
}

export function unsettledCharges(sql: Sql, limit: number): Promise<UnsettledRow[]> {
  return sql.query<UnsettledRow>(unsettledStatement, [limit]);
}

export async function stillUnsettled(sql: Sql, ids: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ id: string }>(stillUnsettledStatement, [ids]);
  return new Set(rows.map(({ id }) => id));
}

function recordOf(row: LoadedRow): ChargeRecord {
  const { version, key, expand, holder } = row;
  const rendering = expand && holder ? { expand, holder } : null;
  return { charge: chargeOf(row), version, unsaved: [], key, rendering };
}

function chargeOf({ state, opening, details, ending }: ChargeRow): OpenedCharge {
  return (state === 'requested' ? { state, opening, details } : { state, opening, details, ending }) as OpenedCharge;
}

function opened(charge: Charge): OpenedCharge {
  if (charge.state === 'none') throw new Error('a charge that was never opened has no row');
  return charge;
}
