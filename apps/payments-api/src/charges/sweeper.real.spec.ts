import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import type { CloudEvent } from '#contracts';
import { migrate, statement } from '#postgres';
import { RowsFailedError, sweep } from '#saga';
import { testDatabase, type TestDatabase } from '#testing';
import { migrations } from '../migrations/migrations.js';
import { sweptCharges } from './charge/charge-record.js';
import { StalledCharges } from './store/stalled-charges.repository.js';
import { aChargeOpened } from './charge/testing/a-charge.js';

const clock = new SystemClock();
let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase('sweeper');
  await migrate({ url: test.url, database: test.name, migrations, clock });
}, 60_000);
afterAll(() => test.drop());
beforeEach(() => test.database.query(statement('test.no_charges', 'DELETE FROM charge')));

const insert = statement(
  'test.stalled',
  `INSERT INTO charge (id, account, state, version, amount_minor, currency, created_at, opening, details, awaiting,
                       idempotency_key, sweeps, next_sweep_at)
   VALUES ($1, 'acct_1', 'requested', 1, 1000, 'usd', now(), $2, $3, true, $1, $4, now() - $5::int8 * interval '1 s')`,
);

/** Inserts a charge that is due for the sweeper. */
async function stalled(id: string, { sweeps = 0, dueForS = 1, isBroken = false } = {}): Promise<void> {
  const opened = aChargeOpened({ id, account: 'acct_1' });
  if (opened.type !== 'opened') throw new Error('a charge begins by being opened');
  const opening = isBroken ? '{}' : JSON.stringify(opened.opening);
  await test.database.query(insert, [id, opening, JSON.stringify(opened.details), sweeps, dueForS]);
}

/** @returns ids of the charges whose requests were sent again */
async function sweepAll(): Promise<string[]> {
  const said: CloudEvent[] = [];
  const outbox = {
    append: (tx: { onCommit(work: () => void): void }, events: readonly CloudEvent[]) =>
      Promise.resolve(tx.onCommit(() => said.push(...events))),
  };
  const { database: store } = test;
  const stalled = new StalledCharges(store);
  const parts = { service: 'payments-api', store, outbox, aggregate: sweptCharges, stalled, clock };
  try {
    await sweep(parts, () => undefined);
  } finally {
    sweptLast = said.map(({ key }) => key).sort();
  }
  return sweptLast;
}
let sweptLast: string[] = [];

const waits = statement(
  'test.waits',
  'SELECT id, sweeps, round(extract(epoch FROM next_sweep_at - now()))::int4 AS seconds FROM charge ORDER BY id',
);

describe('the sweeper', () => {
  it('waits for 15 s, and then for 30 s each time, however often it was there', async () => {
    const sweeps = [0, 1, 2, 1_020, 1_021, 1_000_000, 2 ** 31 - 1];
    for (const [place, times] of sweeps.entries()) await stalled(`ch_${place}`, { sweeps: times });
    expect(await sweepAll()).toHaveLength(sweeps.length);
    const rows = await test.database.query<{ sweeps: number; seconds: number }>(waits);
    expect(rows.map(({ seconds }) => Math.round(seconds / 5) * 5)).toEqual([15, 30, 30, 30, 30, 30, 30]);
    expect(rows.map((row) => row.sweeps)).toEqual([1, 2, 3, 1_021, 1_022, 1_000_001, 1_000_001]);
  });

  it('passes by a charge that it cannot read, and sweeps all behind it', async () => {
    await stalled('ch_broken', { isBroken: true, dueForS: 100 });
    await stalled('ch_broken_too', { isBroken: true, dueForS: 90 });
    for (let n = 0; n < 10; n++) await stalled(`ch_${n}`, { dueForS: 10 - n });
    const failed = await sweepAll().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RowsFailedError);
    expect([...(failed as RowsFailedError).failures.keys()].sort()).toEqual(['ch_broken', 'ch_broken_too']);
    expect(sweptLast).toEqual(Array.from({ length: 10 }, (_, n) => `ch_${n}`));
    // The broken row is retried, and does not delay the others.
    await stalled('ch_late');
    await expect(sweepAll()).rejects.toThrow('ch_broken fails, and 1 more');
    expect(sweptLast).toEqual(['ch_late']);
  });
});
