import assert from 'node:assert/strict';
import { Inject, Injectable } from '@nestjs/common';
import { Database, statement, type PgTransaction, type Sql } from '#postgres';
import type { Aggregates, Saved, Stalled, WorkingSet } from '#saga';
import { insertTransactions, transactionValues } from '../../balance/balance-transaction.repository.js';
import { nameOf, type GivenAnswer } from '../../idempotency/key.js';
import { readRenderings } from '../../idempotency/key.repository.js';
import { byCharge, readLatestRefunds, readPendingRefunds, readRefunds } from './refund.repository.js';
import { refundState, type ChargeRefund } from '../charge/refund.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { answersDue, laterKeys } from '../answers/answers-due.js';
import { noCharge, type ChargeRecord, type ChargeRecordKey } from '../charge/charge-record.js';
import { chargeOf, columns, withKnown, type ChargeRow } from './charge-rows.repository.js';
import type { Charge, OpenedCharge } from '../charge/charge.js';
import { expandsRefunds } from '../../protocol/expand.js';
import { movementsOf } from '../charge/balance-movements.js';
import { isAwaiting, lapsesAt } from '../charge/pending.js';
import type { ChargesMoved } from '../effects/settlements.js';

// LIMIT 1 changes no result; see key.repository.ts. The key that opened the charge waits while it is requested,
// unless it was told `pending`, pruned, and stands for another request by now.
export const loadStatement = statement(
  'charge_load',
  `SELECT locked.*, rendering.*
   FROM unnest($1::text[]) AS wanted (id)
   CROSS JOIN LATERAL (
     SELECT ${columns}, idempotency_key AS key FROM charge WHERE charge.id = wanted.id FOR UPDATE
   ) AS locked
   LEFT JOIN LATERAL (
     SELECT expand, holder FROM idempotency_key
     WHERE locked.state = 'requested'
       AND idempotency_key.account = locked.account AND idempotency_key.key = locked.key
       AND idempotency_key.charge_id = locked.id AND idempotency_key.subject IS NULL LIMIT 1
   ) AS rendering ON true`,
);

/** Rows that are new, and their events. */
export const openStatement = statement(
  'charge_open',
  `WITH opened AS (
     INSERT INTO charge (id, account, state, version, amount_minor, currency, customer, payment_intent, created_at,
                         opening, details, hold, awaiting, expires_at, idempotency_key, traceparent)
     SELECT id, account, state, version, amount_minor, currency, customer, payment_intent,
            to_timestamp(created_ms / 1000.0), opening, details, hold, awaiting, to_timestamp(expires_ms / 1000.0),
            key, traceparent
     FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::int8[], $6::text[], $7::text[], $8::text[],
                 $9::int8[], $10::jsonb[], $11::jsonb[], $12::jsonb[], $13::bool[], $14::int8[], $15::text[],
                 $16::text[])
       AS new (id, account, state, version, amount_minor, currency, customer, payment_intent, created_ms, opening,
               details, hold, awaiting, expires_ms, key, traceparent)
   )
   INSERT INTO charge_event (charge_id, version, type, data)
   SELECT * FROM unnest($17::text[], $18::int4[], $19::text[], $20::jsonb[])`,
);

/**
 * What has changed of rows that are there, their new events, what moved the balance, and the answers of what has
 * settled: one statement. A row's place holds still from its lock to here; by a join a planner that has seen the
 * table small would walk it.
 */
export const changeStatement = statement(
  'charge_change',
  `WITH written AS (
     UPDATE charge AS stored
     SET state = changed.state, version = changed.version, details = coalesce(changed.details, stored.details),
         hold = changed.hold, ending = changed.ending, refund_count = changed.refund_count,
         refund_pending_minor = changed.pending_minor, refund_succeeded_minor = changed.succeeded_minor,
         awaiting = changed.awaiting,
         expires_at = to_timestamp(changed.expires_ms / 1000.0), sweeps = 0, next_sweep_at = now() + interval '15 s'
     FROM unnest($1::text[], $2::text[], $3::int4[], $4::jsonb[], $5::jsonb[], $6::jsonb[], $7::int4[], $8::int8[],
                 $9::int8[], $10::bool[], $11::int8[])
       AS changed (id, state, version, details, hold, ending, refund_count, pending_minor, succeeded_minor, awaiting,
                   expires_ms)
     CROSS JOIN LATERAL (SELECT ctid FROM charge WHERE charge.id = changed.id LIMIT 1) AS place
     WHERE stored.ctid = place.ctid
   ), recorded AS (
     INSERT INTO charge_event (charge_id, version, type, data)
     SELECT * FROM unnest($12::text[], $13::int4[], $14::text[], $15::jsonb[])
   ), moved AS (
     ${insertTransactions(20)}
   )
   INSERT INTO idempotency_answer (account, key, status, body)
   SELECT * FROM unnest($16::text[], $17::text[], $18::int2[], $19::text[])
   ON CONFLICT DO NOTHING
   RETURNING account, key`,
);

/** Of charges that are there, in the transaction that changes them; most have none, and pay nothing for it. */
export const saveRefundsStatement = statement(
  'charge_save_refunds',
  `INSERT INTO refund (id, account, charge_id, state, amount_minor, currency, created_at, refund)
   SELECT id, account, charge_id, state, amount_minor, currency, to_timestamp(created_ms / 1000.0), refund
   FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::text[], $7::int8[], $8::jsonb[])
     AS new (id, account, charge_id, state, amount_minor, currency, created_ms, refund)
   ON CONFLICT (id) DO UPDATE SET state = excluded.state, refund = excluded.refund`,
);

export const dueToSweepStatement = statement(
  'charge_due_to_sweep',
  `SELECT id FROM charge WHERE awaiting AND next_sweep_at <= now() AND id <> ALL ($2::text[])
   ORDER BY next_sweep_at LIMIT $1`,
);

/**
 * Backoff of the sweeper: 15 s after a charge moved last, then 30 s each time, so that a fault's end is noticed.
 * A charge may wait for days: nothing here may grow with how often it was swept.
 */
export const takeStalledStatement = statement(
  'charge_take_stalled',
  `UPDATE charge SET sweeps = least(sweeps, 1000000) + 1,
     next_sweep_at = now() + CASE WHEN sweeps = 0 THEN interval '15 s' ELSE interval '30 s' END
   WHERE id = ANY (ARRAY(
     SELECT due.id FROM unnest($1::text[]) AS wanted (id)
     CROSS JOIN LATERAL (
       SELECT id FROM charge WHERE charge.id = wanted.id AND awaiting AND next_sweep_at <= now()
       LIMIT 1 FOR UPDATE SKIP LOCKED
     ) AS due
   ))
   RETURNING ${columns}, idempotency_key AS key, traceparent`,
);

/** Of charges that an instance of before settled, beside this one: it told neither of their movements nor that they wait no longer. */
export const catchUpStatement = statement(
  'charge_catch_up',
  `WITH moved AS (
     ${insertTransactions(2)}
   )
   UPDATE charge SET awaiting = false WHERE id = ANY ($1::text[])`,
);

interface LoadedRow extends ChargeRow {
  key: string;
  expand: string[] | null;
  holder: string | null;
}

@Injectable()
export class ChargeRepository
  implements Aggregates<PgTransaction, ChargeRecord, ChargeRecordKey>, Stalled<PgTransaction, ChargeRecord>
{
  constructor(
    @Inject(AccountClocks) private readonly clocks: AccountClocks,
    @Inject(Database) private readonly database: Sql,
  ) {}

  /** @param expand what of a charge the caller itself will show */
  async load(
    tx: PgTransaction,
    keys: readonly ChargeRecordKey[],
    expand: readonly string[] = [],
  ): Promise<WorkingSet<ChargeRecord, ChargeRecordKey>> {
    const ids = [...new Set(keys.map(({ chargeId }) => chargeId))].sort();
    const rows = await tx.query<LoadedRow>(loadStatement, [ids]);
    const records = new Map(rows.map((row) => [row.id, recordOf(row)]));
    await this.addRefunds(
      tx,
      records,
      keys.flatMap(({ refundId }) => refundId ?? []),
    );
    await this.addRenderings(tx, records);
    await this.addShownRefunds(tx, records, expand);
    return {
      get: ({ chargeId }) => records.get(chargeId) ?? noCharge(''),
      set: ({ chargeId }, record) => void records.set(chargeId, record),
      contextOf: () => undefined,
    };
  }

  /** Those that the batch is about, and the one that ends with its authorization. Read behind the lock of their charge. */
  private async addRefunds(
    tx: PgTransaction,
    records: Map<string, ChargeRecord>,
    named: readonly string[],
  ): Promise<void> {
    const canceling = [...records.values()].flatMap(({ charge }) => opened(charge).hold?.cancellation?.refundId ?? []);
    const ids = [...new Set([...named, ...canceling])];
    if (ids.length === 0) return;
    const found = byCharge(await readRefunds(tx, ids));
    for (const [id, record] of records) records.set(id, knowing(record, found.get(id) ?? []));
  }

  /** Of charges whose refunds are part of an answer that is due. */
  private async addShownRefunds(
    tx: PgTransaction,
    records: Map<string, ChargeRecord>,
    expand: readonly string[],
  ): Promise<void> {
    const showing = [...records].filter(
      ([, { charge, renderings }]) =>
        opened(charge).refunds.count > 0 &&
        [expand, ...[...renderings.values()].map((rendering) => rendering.expand)].some(expandsRefunds),
    );
    if (showing.length === 0) return;
    const latest = await readLatestRefunds(
      tx,
      showing.map(([, { charge }]) => opened(charge)),
    );
    for (const [id, record] of showing) records.set(id, knowing(record, latest.get(id) ?? []));
  }

  /** Of captures and refunds that are under way; most charges have none, and pay nothing for it. */
  private async addRenderings(tx: PgTransaction, records: Map<string, ChargeRecord>): Promise<void> {
    const waiting = [...records.values()].flatMap(({ charge }) => laterKeys(opened(charge)));
    if (waiting.length === 0) return;
    const found = await readRenderings(tx, waiting);
    for (const [id, record] of records) {
      const renderings = new Map(record.renderings);
      for (const name of laterKeys(opened(record.charge))) {
        const rendering = found.get(nameOf(name));
        if (rendering) renderings.set(name.key, rendering);
      }
      records.set(id, { ...record, renderings });
    }
  }

  /** When something settled just now, the answers under the keys that wait for it are stored with it. */
  async save(tx: PgTransaction, changed: readonly Saved<ChargeRecord>[]): Promise<readonly ChargesMoved[]> {
    const records = changed.map(({ state }) => state);
    const due = records.flatMap((record) => answersDue(record, this.clocks.now(opened(record.charge).opening.account)));
    due.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    enqueueRefunds(tx, records);
    const stored = await tx.query<{ account: string; key: string }>(changeStatement, changeValues(records, due));
    const first = new Set(stored.map(nameOf));
    return [
      {
        kind: 'charges_moved',
        charges: records.map(({ stored: before, charge }) => ({ before, after: opened(charge) })),
        answers: due.filter((answer) => first.has(nameOf(answer))),
      },
    ];
  }

  async due(limit: number, except: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(dueToSweepStatement, [limit, except]);
    return rows.map(({ id }) => id);
  }

  async take(
    tx: PgTransaction,
    ids: readonly string[],
  ): Promise<{ state: ChargeRecord; traceparent?: string | undefined }[]> {
    const rows = await tx.query<LoadedRow & { traceparent: string | null }>(takeStalledStatement, [ids]);
    const taken = rows.map((row) => ({
      state: recordOf({ ...row, expand: null, holder: null }),
      traceparent: row.traceparent ?? undefined,
    }));
    const { waiting = [], settled = [] } = Object.groupBy(taken, ({ state }) =>
      isAwaiting(opened(state.charge)) ? 'waiting' : 'settled',
    );
    const behind = settled.map(({ state }) => opened(state.charge));
    if (behind.length > 0) await catchUp(tx, behind);
    return this.withPendingRefunds(tx, waiting);
  }

  /** The sweeper asks again for every refund that has not ended. */
  private async withPendingRefunds<Taken extends { state: ChargeRecord }>(
    tx: PgTransaction,
    taken: readonly Taken[],
  ): Promise<Taken[]> {
    const ids = taken.flatMap(({ state }) => {
      const { opening, refunds } = opened(state.charge);
      return refunds.pendingMinor > 0 ? [opening.id] : [];
    });
    const pending = ids.length > 0 ? await readPendingRefunds(tx, ids) : new Map<string, ChargeRefund[]>();
    return taken.map((each) => ({
      ...each,
      state: knowing(each.state, pending.get(opened(each.state.charge).opening.id) ?? []),
    }));
  }
}

function knowing(record: ChargeRecord, refunds: readonly ChargeRefund[]): ChargeRecord {
  const charge = withKnown(opened(record.charge), refunds);
  return { ...record, charge, stored: charge };
}

async function catchUp(tx: PgTransaction, settled: readonly OpenedCharge[]): Promise<void> {
  const movements = settled.flatMap((charge) =>
    movementsOf(charge, []).map((transaction) => ({ account: charge.opening.account, transaction })),
  );
  await tx.query(catchUpStatement, [settled.map(({ opening }) => opening.id), ...transactionValues(movements)]);
}

/** What was decided here, and settles nothing: no answer of others is stored with it. */
export function enqueueRecords(
  tx: PgTransaction,
  saved: readonly { record: ChargeRecord; traceparent?: string | undefined }[],
): void {
  const { opening = [], changing = [] } = Object.groupBy(saved, ({ record }) =>
    record.stored.state === 'none' ? 'opening' : 'changing',
  );
  if (opening.length > 0) tx.enqueue(openStatement, openValues(opening));
  if (changing.length === 0) return;
  const records = changing.map(({ record }) => record);
  enqueueRefunds(tx, records);
  tx.enqueue(changeStatement, changeValues(records, []));
}

function enqueueRefunds(tx: PgTransaction, records: readonly ChargeRecord[]): void {
  const refunds = records.flatMap(({ stored, charge }) =>
    changedRefunds(stored, opened(charge)).map((refund) => ({ charge: opened(charge).opening, refund })),
  );
  if (refunds.length === 0) return;
  tx.enqueue(saveRefundsStatement, [
    refunds.map(({ refund }) => refund.opening.id),
    refunds.map(({ charge }) => charge.account),
    refunds.map(({ charge }) => charge.id),
    refunds.map(({ refund }) => refundState(refund)),
    refunds.map(({ refund }) => refund.opening.amount.amountMinor),
    refunds.map(({ refund }) => refund.opening.amount.currency),
    refunds.map(({ refund }) => refund.opening.openedAt),
    refunds.map(({ refund }) => JSON.stringify(refund)),
  ]);
}

/** What `openStatement` takes. `traceparent` is written once, with the first event. */
export function openValues(saved: readonly { record: ChargeRecord; traceparent?: string | undefined }[]): unknown[] {
  const rows = saved.map(({ record, traceparent }) => ({ ...record, charge: opened(record.charge), traceparent }));
  for (const { charge } of rows) assert(!charge.ending && charge.refunds.count === 0, 'a charge opens before it ends');
  const openings = rows.map(({ charge }) => charge.opening);
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
    rows.map(({ charge }) => charge.hold && JSON.stringify(charge.hold)),
    rows.map(({ charge }) => isAwaiting(charge)),
    rows.map(({ charge }) => lapsesAt(charge)),
    rows.map(({ key }) => key),
    rows.map(({ traceparent }) => traceparent ?? null),
    ...eventValues(saved.map(({ record }) => record)),
  ];
}

/** What `changeStatement` takes. Details that stay as they are, as nearly always, are not written. */
function changeValues(records: readonly ChargeRecord[], answers: readonly GivenAnswer[]): unknown[] {
  const charges = records.map(({ charge }) => opened(charge));
  const movements = records.flatMap(({ unsaved }, place) =>
    movementsOf(charges[place]!, unsaved).map((transaction) => ({
      account: charges[place]!.opening.account,
      transaction,
    })),
  );
  return [
    charges.map(({ opening }) => opening.id),
    charges.map(({ state }) => state),
    records.map(({ version }) => version),
    records.map(({ stored }, place) => {
      const { details } = charges[place]!;
      return stored.state !== 'none' && stored.details === details ? null : JSON.stringify(details);
    }),
    charges.map(({ hold }) => hold && JSON.stringify(hold)),
    charges.map(({ ending }) => ending && JSON.stringify(ending)),
    charges.map(({ refunds }) => refunds.count),
    charges.map(({ refunds }) => refunds.pendingMinor),
    charges.map(({ refunds }) => refunds.succeededMinor),
    charges.map(isAwaiting),
    charges.map(lapsesAt),
    ...eventValues(records),
    answers.map(({ account }) => account),
    answers.map(({ key }) => key),
    answers.map(({ answer }) => answer.status),
    answers.map(({ answer }) => answer.body),
    ...transactionValues(movements),
  ];
}

function eventValues(records: readonly ChargeRecord[]): unknown[] {
  const events = records.flatMap(({ charge, version, unsaved }) =>
    unsaved.map(({ type, ...data }, place) => ({
      id: opened(charge).opening.id,
      version: version - unsaved.length + place + 1,
      type,
      data,
    })),
  );
  return [
    events.map(({ id }) => id),
    events.map(({ version }) => version),
    events.map(({ type }) => type),
    events.map(({ data }) => JSON.stringify(data)),
  ];
}

function changedRefunds(before: Charge, after: OpenedCharge): ChargeRefund[] {
  if (after.refunds.count === 0) return [];
  const known = new Set(before.state === 'none' ? [] : before.refunds.known);
  return after.refunds.known.filter((refund) => !known.has(refund));
}

function recordOf(row: LoadedRow): ChargeRecord {
  const { version, key, expand, holder } = row;
  const charge = chargeOf(row);
  const renderings = new Map(expand && holder ? [[key, { expand, holder }]] : []);
  return { charge, stored: charge, version, unsaved: [], key, renderings };
}

function opened(charge: Charge): OpenedCharge {
  if (charge.state === 'none') throw new Error('a charge that was never opened has no row');
  return charge;
}
