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

export const loadStatement = statement(
  'charge_load',
  `SELECT locked.*, idempotency_key.key, idempotency_key.expand, idempotency_key.holder
   FROM unnest($1::text[]) AS wanted (id)
   CROSS JOIN LATERAL (
     SELECT ${columns}, idempotency_key FROM charge WHERE charge.id = wanted.id FOR UPDATE
   ) AS locked
   LEFT JOIN LATERAL (
     SELECT key, expand, holder FROM idempotency_key
     WHERE idempotency_key.account = locked.account AND idempotency_key.key = locked.idempotency_key
   ) AS idempotency_key ON true`,
);

export const saveStatement = statement(
  'charge_save',
  `WITH changed AS (
     UPDATE charge SET state = new.state, version = new.version, details = new.details, ending = new.ending
     FROM unnest($1::text[], $2::text[], $3::int4[], $4::jsonb[], $5::jsonb[])
       AS new (id, state, version, details, ending)
     WHERE charge.id = new.id
   ), recorded AS (
     INSERT INTO charge_event (charge_id, version, type, data)
     SELECT * FROM unnest($6::text[], $7::int4[], $8::text[], $9::jsonb[])
   )
   UPDATE idempotency_key SET answer_status = given.status, answer = given.answer, answered_at = now()
   FROM unnest($10::text[], $11::text[], $12::int2[], $13::text[]) AS given (account, key, status, answer)
   WHERE idempotency_key.account = given.account AND idempotency_key.key = given.key
     AND idempotency_key.answer IS NULL
   RETURNING idempotency_key.account, idempotency_key.key`,
);

export const insertStatement = statement(
  'charge_insert',
  `WITH opened AS (
     INSERT INTO charge (id, account, state, version, amount_minor, currency, customer, payment_intent, created_at,
                         opening, details, idempotency_key, traceparent)
     SELECT id, account, 'requested', 1, amount_minor, currency, customer, payment_intent,
            to_timestamp(created_ms / 1000.0), opening, details, key, traceparent
     FROM unnest($1::text[], $2::text[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::int8[], $8::jsonb[],
                 $9::jsonb[], $10::text[], $11::text[])
       AS new (id, account, amount_minor, currency, customer, payment_intent, created_ms, opening,
               details, key, traceparent)
   )
   INSERT INTO charge_event (charge_id, version, type, data)
   SELECT id, 1, 'opened', data FROM unnest($1::text[], $12::jsonb[]) AS event (id, data)`,
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
   WHERE id IN (
     SELECT id FROM charge WHERE state = 'requested' AND next_sweep_at <= now()
     ORDER BY next_sweep_at LIMIT $1 FOR UPDATE SKIP LOCKED
   )
   RETURNING ${columns}, traceparent`,
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
  key: string | null;
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
      get: (id) => records.get(id) ?? noCharge,
      set: (id, record) => void records.set(id, record),
    };
  }

  /** The row, its events, and, when the charge settled just now, the answer under its key: one statement. */
  async save(tx: PgTransaction, changed: readonly Saved<ChargeRecord>[]): Promise<void> {
    const rows = changed.map(({ id, state: { charge, version } }) => ({ id, version, charge: opened(charge) }));
    const events = changed.flatMap(({ id, state: { version, unsaved } }) =>
      unsaved.map(({ type, ...data }, place) => ({ id, version: version - unsaved.length + place + 1, type, data })),
    );
    const settled = changed.filter(({ state }) => state.unsaved.some(({ type }) => type !== 'updated'));
    const answers = settled.flatMap(({ state: { charge, key } }): GivenAnswer[] =>
      key ? [{ ...key, answer: createAnswer(opened(charge), key.expand, this.clock.now()) }] : [],
    );
    answers.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const stored = await tx.query<{ account: string; key: string }>(saveStatement, [
      rows.map(({ id }) => id),
      rows.map(({ charge }) => charge.state),
      rows.map(({ version }) => version),
      rows.map(({ charge }) => JSON.stringify(charge.details)),
      rows.map(({ charge }) => (charge.state === 'requested' ? null : JSON.stringify(charge.ending))),
      events.map(({ id }) => id),
      events.map(({ version }) => version),
      events.map(({ type }) => type),
      events.map(({ data }) => JSON.stringify(data)),
      answers.map(({ account }) => account),
      answers.map(({ key }) => key),
      answers.map(({ answer }) => answer.status),
      answers.map(({ answer }) => answer.body),
    ]);
    if (settled.length === 0) return;
    const first = new Set(stored.map(nameOf));
    tx.onCommit(() =>
      this.settlements.committed(
        settled.map(({ state }) => opened(state.charge)),
        answers.filter((answer) => first.has(nameOf(answer))),
        settled.map(({ state }) => state.key?.holder),
      ),
    );
  }

  async take(tx: PgTransaction, limit: number): Promise<{ state: ChargeRecord; traceparent?: string | undefined }[]> {
    const rows = await tx.query<ChargeRow & { traceparent: string | null }>(takeStalledStatement, [limit]);
    return rows.map((row) => ({
      state: recordOf({ ...row, key: null, expand: null, holder: null }),
      traceparent: row.traceparent ?? undefined,
    }));
  }
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

export interface NewCharge {
  readonly record: ChargeRecord;
  readonly key: string;
  readonly traceparent?: string | undefined;
}

export function insertCharges(tx: PgTransaction, charges: readonly NewCharge[]): void {
  const openings = charges.map(({ record }) => opened(record.charge).opening);
  const details = charges.map(({ record }) => opened(record.charge).details);
  tx.enqueue(insertStatement, [
    openings.map(({ id }) => id),
    openings.map(({ account }) => account),
    openings.map(({ amount }) => amount.amountMinor),
    openings.map(({ amount }) => amount.currency),
    openings.map(({ customer }) => customer),
    openings.map(({ paymentIntent }) => paymentIntent),
    openings.map(({ openedAt }) => openedAt),
    openings.map((opening) => JSON.stringify(opening)),
    details.map((detail) => JSON.stringify(detail)),
    charges.map(({ key }) => key),
    charges.map(({ traceparent }) => traceparent ?? null),
    charges.map((_, place) => JSON.stringify({ opening: openings[place], details: details[place] })),
  ]);
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
  const { account, key, expand, holder } = row;
  return {
    charge: chargeOf(row),
    version: row.version,
    unsaved: [],
    key: key === null ? null : { account, key, expand: expand!, holder: holder! },
  };
}

function chargeOf({ state, opening, details, ending }: ChargeRow): OpenedCharge {
  return (state === 'requested' ? { state, opening, details } : { state, opening, details, ending }) as OpenedCharge;
}

function opened(charge: Charge): OpenedCharge {
  if (charge.state === 'none') throw new Error('a charge that was never opened has no row');
  return charge;
}
