import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { statement } from '#postgres';
import { eventually, testDatabase, type TestDatabase } from '#testing';
import { fence, StaleLeaseError, type Lease } from './lease.js';
import { LeaseRepository } from './lease.repository.js';
import { leaseTableSql } from './lease-table.js';
import { Leases } from './leases.js';

const clock = new SystemClock();
const quick = { ttlMs: 900, renewEveryMs: 200, trustMarginMs: 200 };
/** Would take longer than a test may, if leases were only found by waiting. */
const slow = { ttlMs: 600_000, renewEveryMs: 300_000, trustMarginMs: 2_000 };

describe('Leases', () => {
  let test: TestDatabase;
  let opened: Leases[];

  beforeEach(async () => {
    test = await testDatabase('leases', { maxConnections: 4 });
    for (const [index, text] of leaseTableSql.split(';').entries()) {
      if (text.trim()) await test.database.query(statement(`spec.lease_table_${index}`, text));
    }
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((leases) => leases.close()));
    await test.drop();
  });

  function open(holder: string, timing = quick): Leases {
    const leases = new Leases({ database: test.database, holder, clock, ...timing });
    opened.push(leases);
    return leases;
  }

  /** Contends and keeps the lease for the test to look at. */
  function hold(leases: Leases, name: string): { lease: Lease | undefined; lost: number; close(): Promise<void> } {
    const held = {
      lease: undefined as Lease | undefined,
      lost: 0,
      close: () => contender.close(),
    };
    const contender = leases.contend(name, {
      onAcquired: (lease) => void (held.lease = lease),
      onLost: () => void held.lost++,
    });
    return held;
  }

  function heldShards(leases: Leases, prefix: string, count: number) {
    const shards = new Set<number>();
    const contender = leases.contendShards(prefix, count, (shard) => ({
      onAcquired: () => void shards.add(shard),
      onLost: () => void shards.delete(shard),
    }));
    return { shards, close: () => contender.close() };
  }

  it('come into being once, however many ask for a name at the same moment', async () => {
    const repositories = Array.from({ length: 4 }, () => new LeaseRepository(test.database));
    for (let time = 0; time < 1_500; time++) {
      const wanted = [`never-taken-${time}`];
      const rounds = await Promise.all(
        repositories.map((repository, n) =>
          repository.round({ holder: `h${n}`, ttlMs: 60_000, held: [], wanted, groups: [] }),
        ),
      );
      expect(rounds.flatMap(({ granted }) => granted.map(({ name }) => name)).sort()).toEqual(wanted.sort());
    }
  });

  /** A process that is gone without a word: its leases stay until they expire. */
  const expire = statement('spec.expire', `UPDATE lease SET expires_at = clock_timestamp() - interval '1 ms'`);
  const stealAll = statement(
    'spec.steal',
    `UPDATE lease SET holder = 'thief', epoch = epoch + 1, expires_at = clock_timestamp() + interval '1 minute'`,
  );

  it('gives a name to one of several contenders', async () => {
    const contenders = ['a', 'b', 'c'].map((holder) => hold(open(holder), 'job'));
    await eventually('someone leads', () => contenders.some(({ lease }) => lease));
    await clock.sleep(quick.renewEveryMs * 2);
    expect(contenders.filter(({ lease }) => lease?.isTrusted())).toHaveLength(1);
  });

  it('keeps the lease at one epoch for as long as it renews', async () => {
    const leader = hold(open('a'), 'job');
    await eventually('a leads', () => leader.lease);
    await clock.sleep(quick.ttlMs * 2);
    expect(leader.lease!.isTrusted()).toBe(true);
    expect(leader).toMatchObject({ lost: 0, lease: { epoch: 1 } });
  });

  it('hands a released name over at once, under the next epoch', async () => {
    const first = hold(open('a', slow), 'job');
    await eventually('a leads', () => first.lease);
    const second = hold(open('b', slow), 'job');
    await clock.sleep(100);
    await first.close();
    expect(first).toMatchObject({ lost: 1 });
    expect(first.lease!.isTrusted()).toBe(false);
    await eventually('b leads', () => second.lease);
    expect(second.lease).toMatchObject({ epoch: 2 });
  });

  it('stops the work when the lease was taken by someone else', async () => {
    const leader = hold(open('a'), 'job');
    await eventually('a leads', () => leader.lease);
    await test.database.query(stealAll);
    await eventually('a has stopped', () => leader.lost === 1);
    expect(leader.lease!.isTrusted()).toBe(false);
  });

  it('sees no trust in its lease when it thaws, before any of its timers has run', async () => {
    const leader = hold(open('a'), 'job');
    await eventually('a leads', () => leader.lease);
    // The whole process stands still, as under SIGSTOP, for longer than its lease.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, quick.ttlMs + 100);
    expect(leader.lease!.isTrusted()).toBe(false);
    await eventually('a was told to stop', () => leader.lost === 1);
    await eventually('a leads again', () => leader.lease!.isTrusted());
    expect(leader.lease).toMatchObject({ epoch: 2 });
  });

  it('fences: a leader whose lease has passed on cannot write', async () => {
    const leader = hold(open('a', slow), 'job');
    await eventually('a leads', () => leader.lease);
    await test.database.transaction((tx) => fence(tx, leader.lease!));
    await test.database.query(stealAll);
    await expect(test.database.transaction((tx) => fence(tx, leader.lease!))).rejects.toThrow(StaleLeaseError);
  });

  it('fences: a takeover waits for the transaction of the leader, a renewal does not', async () => {
    const leader = hold(open('a'), 'job');
    await eventually('a leads', () => leader.lease);
    const order: string[] = [];
    let takeover: Promise<unknown> = Promise.resolve();
    await test.database.transaction(async (tx) => {
      await fence(tx, leader.lease!);
      await clock.sleep(quick.ttlMs * 2);
      expect(leader.lease!.isTrusted()).toBe(true);
      takeover = test.database.query(stealAll).then(() => order.push('taken over'));
      await eventually('the takeover waits', async () => {
        const waiting = statement('spec.waiting', `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
        return (await test.database.query(waiting)).length > 0;
      });
      order.push('leader committed');
    });
    await takeover;
    expect(order).toEqual(['leader committed', 'taken over']);
  });

  it('shares shards out evenly, and evens out as contenders come and leave', async () => {
    const [a, b] = [open('a', { ...slow, renewEveryMs: 200 }), open('b', { ...slow, renewEveryMs: 200 })];
    const first = heldShards(a, 'outbox', 8);
    await eventually('a has all', () => first.shards.size === 8);
    const second = heldShards(b, 'outbox', 8);
    await eventually('each has half', () => first.shards.size === 4 && second.shards.size === 4);
    expect(new Set([...first.shards, ...second.shards]).size).toBe(8);
    await first.close();
    expect(first.shards.size).toBe(0);
    await eventually('b has all', () => second.shards.size === 8);
  });

  it('takes over the shards of a contender that is gone, once they have expired', async () => {
    const survivor = heldShards(open('b'), 'outbox', 4);
    await eventually('b has all', () => survivor.shards.size === 4);
    const join = statement(
      'spec.join',
      `INSERT INTO lease_contender VALUES ('outbox', 'a', clock_timestamp() + interval '1 s')`,
    );
    await test.database.query(join);
    await eventually('b makes room', () => survivor.shards.size === 2);
    await eventually('b has all again', () => survivor.shards.size === 4);
  });

  it('takes an expired lease over', async () => {
    const leader = hold(open('a', slow), 'job');
    await eventually('a leads', () => leader.lease);
    await test.database.query(expire);
    const successor = hold(open('b', slow), 'job');
    await eventually('b leads', () => successor.lease);
    expect(successor.lease).toMatchObject({ epoch: 2 });
  });
});
