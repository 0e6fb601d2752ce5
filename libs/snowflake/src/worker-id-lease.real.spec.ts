import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { statement } from '#postgres';
import { eventually, testDatabase, type TestDatabase } from '#testing';
import { WorkerIdLease, NoWorkerIdError } from './worker-id-lease.js';
import { workerIdTableSql } from './worker-id.repository.js';
import { snowflakeEpoch } from './snowflake.js';

const clock = new SystemClock();
const timing = { ttlMs: 900, renewEveryMs: 200, trustMarginMs: 200 };
const steal = statement(
  'spec.steal_worker_id',
  `UPDATE worker_id SET holder = 'thief', expires_at = clock_timestamp() + interval '1 minute' WHERE id = $1`,
);
const timeOf = (id: bigint): number => Number(id >> 22n) + snowflakeEpoch;

describe('WorkerIdLease', () => {
  let test: TestDatabase;
  let opened: WorkerIdLease[];

  beforeEach(async () => {
    test = await testDatabase('worker_id', { maxConnections: 4 });
    for (const [index, text] of workerIdTableSql.split(';').entries()) {
      if (text.trim()) await test.database.query(statement(`spec.worker_id_${index}`, text));
    }
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((lease) => lease.close()));
    await test.drop();
  });

  async function acquire(withClock = clock): Promise<WorkerIdLease> {
    const lease = await WorkerIdLease.acquire({ database: test.database, holder: 'spec', clock: withClock, ...timing });
    opened.push(lease);
    return lease;
  }

  /** Takes all ids but one. */
  const leaveOnly = statement(
    'spec.leave_only',
    `UPDATE worker_id SET holder = 'other', expires_at = clock_timestamp() + interval '1 hour' WHERE id <> $1`,
  );

  it('gives processes that start at once different worker ids', async () => {
    const leases = await Promise.all(Array.from({ length: 20 }, () => acquire()));
    expect(new Set(leases.map(({ workerId }) => workerId)).size).toBe(20);
  });

  it('keeps its worker id while it renews', async () => {
    const lease = await acquire();
    const { workerId } = lease;
    const before = lease.next();
    await clock.sleep(timing.ttlMs * 2);
    expect(lease.next()).toBeGreaterThan(before);
    expect(lease.workerId).toBe(workerId);
  });

  it('takes another worker id when it loses its own, and its ids keep ascending', async () => {
    const lease = await acquire();
    const lost = lease.workerId;
    const before = lease.next();
    await test.database.query(steal, [lost]);
    await eventually('it has another worker id', () => lease.workerId !== lost && lease.workerId !== undefined);
    expect(lease.next()).toBeGreaterThan(before);
  });

  it('issues nothing after a freeze beyond its lease, until it has renewed', async () => {
    const lease = await acquire();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, timing.ttlMs + 100);
    expect(() => lease.next()).toThrow(NoWorkerIdError);
    await eventually('it issues again', () => lease.next());
  });

  it('starts above every id of its predecessor, whose clock was ahead', async () => {
    await test.database.query(leaveOnly, [7]);
    const ahead = await acquire(new SystemClock(5_000));
    const last = ahead.next();
    await ahead.close();
    const successor = await acquire();
    expect(successor.workerId).toBe(7);
    expect(successor.next()).toBeGreaterThan(last);
  });

  it('stores an upper bound of times before it issues ids with them', async () => {
    const stepping = new SteppingClock();
    const lease = await acquire(stepping);
    lease.next();
    stepping.steppedMs = 3_600_000;
    expect(() => lease.next()).toThrow(NoWorkerIdError);
    const id = await eventually('it issues in the new time', () => lease.next());
    const announced = statement('spec.announced', 'SELECT last_ms FROM worker_id WHERE id = $1');
    const [row] = await test.database.query<{ last_ms: number }>(announced, [lease.workerId]);
    expect(timeOf(id)).toBeGreaterThan(clock.now() + 3_500_000);
    expect(row!.last_ms).toBeGreaterThanOrEqual(timeOf(id));
  });
});

class SteppingClock extends SystemClock {
  steppedMs = 0;
  override now(): number {
    return super.now() + this.steppedMs;
  }
}
