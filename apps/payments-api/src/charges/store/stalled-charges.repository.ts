import { Inject, Injectable } from '@nestjs/common';
import { Database, statement, type PgTransaction, type Sql } from '#postgres';
import type { Stalled } from '#saga';
import { insertTransactions, transactionValues } from '../../balance/balance-transaction.repository.js';
import { movementsOf } from '../charge/balance-movements.js';
import type { ChargeRecord } from '../charge/charge-record.js';
import type { OpenedCharge } from '../charge/charge.js';
import { isAwaiting } from '../charge/pending.js';
import type { ChargeRefund } from '../charge/refund.js';
import { knowing, opened, recordOf, type LoadedRow } from './charge-record-rows.js';
import { columns } from './charge-rows.repository.js';
import { readPendingRefunds } from './refund.repository.js';

export const dueToSweepStatement = statement(
  'charge_due_to_sweep',
  `SELECT id FROM charge WHERE awaiting AND next_sweep_at <= now() AND id <> ALL ($2::text[])
   ORDER BY next_sweep_at LIMIT $1`,
);

/**
 * Backoff of the sweeper: 15 s after the last change, then every 30 s without growth, so that the end of an outage
 * is noticed. A charge may wait for days, so nothing here may grow with the number of sweeps.
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

/** During a rolling upgrade an older instance may settle a charge without its balance transaction and `awaiting`. Repairs both. */
export const catchUpStatement = statement(
  'charge_catch_up',
  `WITH moved AS (
     ${insertTransactions(2)}
   )
   UPDATE charge SET awaiting = false WHERE id = ANY ($1::text[])`,
);

/** Charges that have waited too long for another service; the sweeper sends their requests again. */
@Injectable()
export class StalledCharges implements Stalled<PgTransaction, ChargeRecord> {
  constructor(@Inject(Database) private readonly database: Sql) {}

  async due(limit: number, except: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(dueToSweepStatement, [limit, except]);
    return rows.map(({ id }) => id);
  }

  async take(
    tx: PgTransaction,
    ids: readonly string[],
  ): Promise<{ state: ChargeRecord; traceparent?: string | undefined }[]> {
    const rows = await tx.query<
      Omit<LoadedRow, 'expand' | 'holder' | 'requestId' | 'intent'> & { traceparent: string | null }
    >(takeStalledStatement, [ids]);
    const taken = rows.map((row) => ({
      state: recordOf({ ...row, expand: null, holder: null, requestId: null, intent: null }),
      traceparent: row.traceparent ?? undefined,
    }));
    const { waiting = [], settled = [] } = Object.groupBy(taken, ({ state }) =>
      isAwaiting(opened(state.charge)) ? 'waiting' : 'settled',
    );
    const behind = settled.map(({ state }) => opened(state.charge));
    if (behind.length > 0) await catchUp(tx, behind);
    return this.withPendingRefunds(tx, waiting);
  }

  /** Loads the refunds that have not ended, whose requests are sent again too. */
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

async function catchUp(tx: PgTransaction, settled: readonly OpenedCharge[]): Promise<void> {
  const movements = settled.flatMap((charge) =>
    movementsOf(charge, []).map((transaction) => ({ account: charge.opening.account, transaction })),
  );
  await tx.query(catchUpStatement, [settled.map(({ opening }) => opening.id), ...transactionValues(movements)]);
}
