import { Inject, Injectable } from '@nestjs/common';
import { statement, type PgTransaction } from '#postgres';
import type { Aggregates, Saved, Stalled, WorkingSet } from '#saga';
import { insertTransactions, transactionValues } from '../balance/balance-transaction.repository.js';
import { nameOf, type GivenAnswer } from '../idempotency/key.js';
import { readRenderings } from '../idempotency/key.repository.js';
import { refundState, type Refund } from '../refunds/refund.js';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import { answersDue, laterKeys } from './answers-due.js';
import { noCharge, type ChargeRecord } from './charge-record.js';
import { chargeOf, columns, type ChargeRow } from './charge-rows.repository.js';
import type { Charge, OpenedCharge } from './charge.js';
import { movementsOf } from './movements.js';
import { isAwaiting, lapsesAt } from './owed.js';
import { Settlements } from './settlements.js';

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

/** Rows, their new events, their refunds, what moved the balance, and the answers of what has settled: one statement. */
export const saveStatement = statement(
  'charge_save',
  `WITH written AS (
     INSERT INTO charge (id, account, state, version, amount_minor, currency, customer, payment_intent, created_at,
                         opening, details, hold, ending, refunds, awaiting, expires_at, idempotency_key, traceparent)
     SELECT id, account, state, version, amount_minor, currency, customer, payment_intent,
            to_timestamp(created_ms / 1000.0), opening, details, hold, ending, refunds, awaiting,
            to_timestamp(expires_ms / 1000.0), key, traceparent
     FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::int8[], $6::text[], $7::text[], $8::text[],
                 $9::int8[], $10::jsonb[], $11::jsonb[], $12::jsonb[], $13::jsonb[], $14::jsonb[], $15::bool[],
                 $16::int8[], $17::text[], $18::text[])
       AS new (id, account, state, version, amount_minor, currency, customer, payment_intent, created_ms, opening,
               details, hold, ending, refunds, awaiting, expires_ms, key, traceparent)
     ON CONFLICT (id) DO UPDATE
       SET state = excluded.state, version = excluded.version, details = excluded.details, hold = excluded.hold,
           ending = excluded.ending, refunds = excluded.refunds, awaiting = excluded.awaiting,
           expires_at = excluded.expires_at, sweeps = excluded.sweeps, next_sweep_at = excluded.next_sweep_at
   ), recorded AS (
     INSERT INTO charge_event (charge_id, version, type, data)
     SELECT * FROM unnest($19::text[], $20::int4[], $21::text[], $22::jsonb[])
   ), refunded AS (
     INSERT INTO refund (id, account, charge_id, state, amount_minor, currency, created_at, refund)
     SELECT id, account, charge_id, state, amount_minor, currency, to_timestamp(created_ms / 1000.0), refund
     FROM unnest($23::text[], $24::text[], $25::text[], $26::text[], $27::int8[], $28::text[], $29::int8[], $30::jsonb[])
       AS new (id, account, charge_id, state, amount_minor, currency, created_ms, refund)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, refund = excluded.refund
   ), moved AS (
     ${insertTransactions(35)}
   )
   INSERT INTO idempotency_answer (account, key, status, body)
   SELECT * FROM unnest($31::text[], $32::text[], $33::int2[], $34::text[])
   ON CONFLICT DO NOTHING
   RETURNING account, key`,
);

/** Backoff of the sweeper: 15 s after a charge moved last, then twice as long each time, 30 s at most, so that a fault's end is noticed. */
export const takeStalledStatement = statement(
  'charge_take_stalled',
  `UPDATE charge SET sweeps = sweeps + 1, next_sweep_at = now() + least(15 * 2 ^ sweeps, 30) * interval '1 s'
   WHERE id = ANY (ARRAY(
     SELECT id FROM charge WHERE awaiting AND next_sweep_at <= now()
     ORDER BY next_sweep_at LIMIT $1 FOR UPDATE SKIP LOCKED
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
export class ChargeRepository implements Aggregates<PgTransaction, ChargeRecord>, Stalled<PgTransaction, ChargeRecord> {
  constructor(
    @Inject(Settlements) private readonly settlements: Settlements,
    @Inject(AccountClocks) private readonly clocks: AccountClocks,
  ) {}

  async load(tx: PgTransaction, ids: readonly string[]): Promise<WorkingSet<ChargeRecord>> {
    const rows = await tx.query<LoadedRow>(loadStatement, [ids]);
    const records = new Map(rows.map((row) => [row.id, recordOf(row)]));
    await this.addRenderings(tx, records);
    return {
      get: (id) => records.get(id) ?? noCharge(''),
      set: (id, record) => void records.set(id, record),
    };
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

  /** When something settled just now, the answers under the keys that wait for it are stored with it; whoever has to hear of it does so after the commit. */
  async save(tx: PgTransaction, changed: readonly Saved<ChargeRecord>[]): Promise<void> {
    const records = changed.map(({ state }) => state);
    const due = records.flatMap((record) => answersDue(record, this.clocks.now(opened(record.charge).opening.account)));
    due.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const values = saveValues(
      records.map((record) => ({ record })),
      due,
    );
    const stored = await tx.query<{ account: string; key: string }>(saveStatement, values);
    const moved = records.filter(({ unsaved }) => unsaved.some(({ type }) => type !== 'updated'));
    if (moved.length === 0) return;
    const first = new Set(stored.map(nameOf));
    tx.onCommit(() =>
      this.settlements.committed(
        moved.map(({ stored, charge }) => ({ before: stored, after: opened(charge) })),
        due.filter((answer) => first.has(nameOf(answer))),
      ),
    );
  }

  async take(tx: PgTransaction, limit: number): Promise<{ state: ChargeRecord; traceparent?: string | undefined }[]> {
    const rows = await tx.query<LoadedRow & { traceparent: string | null }>(takeStalledStatement, [limit]);
    const taken = rows.map((row) => ({
      state: recordOf({ ...row, expand: null, holder: null }),
      traceparent: row.traceparent ?? undefined,
    }));
    const { waiting = [], settled = [] } = Object.groupBy(taken, ({ state }) =>
      isAwaiting(opened(state.charge)) ? 'waiting' : 'settled',
    );
    const behind = settled.map(({ state }) => opened(state.charge));
    if (behind.length > 0) await catchUp(tx, behind);
    return waiting;
  }
}

async function catchUp(tx: PgTransaction, settled: readonly OpenedCharge[]): Promise<void> {
  const movements = settled.flatMap((charge) =>
    movementsOf(charge, []).map((transaction) => ({ account: charge.opening.account, transaction })),
  );
  await tx.query(catchUpStatement, [settled.map(({ opening }) => opening.id), ...transactionValues(movements)]);
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
  const refunds = rows.flatMap(({ charge, stored }) =>
    changedRefunds(stored, charge).map((refund) => ({ charge: charge.opening, refund })),
  );
  const movements = rows.flatMap(({ charge, unsaved }) =>
    movementsOf(charge, unsaved).map((transaction) => ({ account: charge.opening.account, transaction })),
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
    rows.map(({ charge }) => charge.hold && JSON.stringify(charge.hold)),
    rows.map(({ charge }) => charge.ending && JSON.stringify(charge.ending)),
    rows.map(({ charge }) => (charge.refunds.length > 0 ? JSON.stringify(charge.refunds) : null)),
    rows.map(({ charge }) => isAwaiting(charge)),
    rows.map(({ charge }) => lapsesAt(charge)),
    rows.map(({ key }) => key),
    rows.map(({ traceparent }) => traceparent ?? null),
    events.map(({ id }) => id),
    events.map(({ version }) => version),
    events.map(({ type }) => type),
    events.map(({ data }) => JSON.stringify(data)),
    refunds.map(({ refund }) => refund.opening.id),
    refunds.map(({ charge }) => charge.account),
    refunds.map(({ charge }) => charge.id),
    refunds.map(({ refund }) => refundState(refund)),
    refunds.map(({ refund }) => refund.opening.amount.amountMinor),
    refunds.map(({ refund }) => refund.opening.amount.currency),
    refunds.map(({ refund }) => refund.opening.openedAt),
    refunds.map(({ refund }) => JSON.stringify(refund)),
    answers.map(({ account }) => account),
    answers.map(({ key }) => key),
    answers.map(({ answer }) => answer.status),
    answers.map(({ answer }) => answer.body),
    ...transactionValues(movements),
  ];
}

function changedRefunds(before: Charge, after: OpenedCharge): Refund[] {
  if (after.refunds.length === 0) return [];
  const known = new Set(before.state === 'none' ? [] : before.refunds);
  return after.refunds.filter((refund) => !known.has(refund));
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
