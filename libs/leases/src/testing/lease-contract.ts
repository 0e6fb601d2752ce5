import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { statement } from '#postgres';
import { eventually, notEmpty } from '#testing';
import type { DatabasePort, DatabaseWorld, OpenDatabaseWorld } from '../../../postgres/src/testing/database-world.js';
import { waitsForLock } from '../../../postgres/src/testing/waits-for-lock.js';
import { fence, StaleLeaseError, type Lease } from '../lease.js';
import { leaseTableSql } from '../lease-table.js';
import { Leases } from '../leases.js';

export const quick = { ttlMs: 900, renewEveryMs: 200, trustMarginMs: 200 };
/** So slow that a test times out unless a NOTIFY starts the round. */
const slow = { ttlMs: 600_000, renewEveryMs: 300_000, trustMarginMs: 2_000 };

/** Expires the leases, as those of a crashed process. */
const expire = statement('contract.lease_expire', `UPDATE lease SET expires_at = clock_timestamp() - interval '1 ms'`);
const stealAll = statement(
  'contract.lease_steal',
  `UPDATE lease SET holder = 'thief', epoch = epoch + 1, expires_at = clock_timestamp() + interval '1 minute'`,
);
const crashedContender = statement(
  'contract.lease_crashed',
  `INSERT INTO lease_contender VALUES ('outbox', 'a', clock_timestamp() + interval '1 s')`,
);
const forgetLeases = statement('contract.lease_forget', 'DELETE FROM lease');
const forgetContenders = statement('contract.lease_forget_contenders', 'DELETE FROM lease_contender');
const lockAll = statement('contract.lease_lock', 'SELECT name FROM lease FOR UPDATE');
const kept = statement('contract.lease_kept', 'SELECT expires_at > clock_timestamp() AS kept FROM lease');
const epochs = statement('contract.lease_epochs', 'SELECT name, epoch FROM lease ORDER BY name');

/** Contends, and keeps the lease for the test. */
export function hold(leases: Leases, name: string) {
  const held = { lease: undefined as Lease | undefined, lost: 0, close: () => contender.close() };
  const contender = leases.contend(name, {
    onAcquired: (lease) => void (held.lease = lease),
    onLost: () => void held.lost++,
  });
  return held;
}

/** The contract of leases: a name has one trusted holder. */
export function leaseContract(openWorld: OpenDatabaseWorld): void {
  let world: DatabaseWorld;
  let database: DatabasePort;
  let opened: Leases[];

  beforeAll(async () => {
    world = await openWorld(leaseTableSql);
    database = await world.open({ maxConnections: 4 });
  });
  beforeEach(async () => {
    opened = [];
    await database.query(forgetLeases);
    await database.query(forgetContenders);
  });
  afterEach(() => Promise.all(opened.map((leases) => leases.close())));
  afterAll(() => world.close());

  const soon = <T>(what: string, condition: () => T | Promise<T>) =>
    eventually(what, condition, { clock: world.clock, timeoutMs: 10_000 });

  function open(holder: string, timing = quick, on = database): Leases {
    const leases = new Leases({ database: on, holder, clock: world.clock, ...timing });
    opened.push(leases);
    return leases;
  }

  function heldShards(leases: Leases, prefix: string, count: number) {
    const shards = new Set<number>();
    const contender = leases.contendShards(prefix, count, (shard) => ({
      onAcquired: () => void shards.add(shard),
      onLost: () => void shards.delete(shard),
    }));
    return { shards, close: () => contender.close() };
  }

  const isWaiting = (promise: Promise<unknown>): Promise<boolean> => waitsForLock(world, promise);

  it('gives a name to one of several contenders', async () => {
    const contenders = ['a', 'b', 'c'].map((holder) => hold(open(holder), 'job'));
    await soon('someone leads', () => contenders.some(({ lease }) => lease));
    await world.clock.sleep(quick.renewEveryMs * 2);
    expect(contenders.filter(({ lease }) => lease?.isTrusted())).toHaveLength(1);
  });

  it('keeps the lease at one epoch while it is renewed', async () => {
    const leader = hold(open('a'), 'job');
    await soon('a leads', () => leader.lease);
    await world.clock.sleep(quick.ttlMs * 2);
    expect(leader.lease!.isTrusted()).toBe(true);
    expect(leader).toMatchObject({ lost: 0, lease: { epoch: 1 } });
  });

  it('hands a released name over at once, under the next epoch', async () => {
    const first = hold(open('a', slow), 'job');
    await soon('a leads', () => first.lease);
    const second = hold(open('b', slow), 'job');
    await world.clock.sleep(100);
    await first.close();
    expect(first).toMatchObject({ lost: 1 });
    expect(first.lease!.isTrusted()).toBe(false);
    await soon('b leads', () => second.lease);
    expect(second.lease).toMatchObject({ epoch: 2 });
  });

  it('raises the epoch with every acquisition, also by the same holder', async () => {
    for (const [turn, holder] of notEmpty(['a', 'b', 'a'].entries())) {
      const leases = open(holder, slow);
      const leader = hold(leases, 'job');
      await soon(`${holder} leads`, () => leader.lease);
      expect(leader.lease!.epoch).toBe(turn + 1);
      await leases.close();
    }
    expect(await database.query(epochs)).toEqual([{ name: 'job', epoch: 3 }]);
  });

  it('takes over an expired lease, and does not renew it for its former holder', async () => {
    const leader = hold(open('a', slow), 'job');
    await soon('a leads', () => leader.lease);
    await database.query(expire);
    const successor = hold(open('b', slow), 'job');
    await soon('b leads', () => successor.lease);
    expect(successor.lease).toMatchObject({ epoch: 2 });
    await leader.close();
    await world.clock.sleep(100);
    expect(successor.lease!.isTrusted()).toBe(true);
    expect(await database.query(epochs)).toEqual([{ name: 'job', epoch: 2 }]);
  });

  it('stops the work when another process has taken the lease', async () => {
    const leader = hold(open('a'), 'job');
    await soon('a leads', () => leader.lease);
    await database.query(stealAll);
    await soon('a has stopped', () => leader.lost === 1);
    expect(leader.lease!.isTrusted()).toBe(false);
  });

  it('stops trusting a lease that cannot be renewed, and leads again once the database is back', async () => {
    const own = await world.open({ maxConnections: 2 });
    const leader = hold(open('a', quick, own), 'job');
    await soon('a leads', () => leader.lease);
    await world.away();
    await soon('a has stopped', () => leader.lost === 1);
    expect(leader.lease!.isTrusted()).toBe(false);
    await world.back();
    await soon('a leads again', () => leader.lease!.isTrusted());
    expect(leader.lease!.epoch).toBe(2);
  });

  it('stops trusting a lease before the database expires it', async () => {
    const leader = hold(open('a', { ttlMs: 1_500, renewEveryMs: 200, trustMarginMs: 1_000 }), 'job');
    await soon('a leads', () => leader.lease);
    await database.transaction(async (tx) => {
      // The row lock blocks renewals.
      await tx.query(lockAll);
      await soon('a has stopped', () => leader.lost === 1);
      expect(await tx.query(kept)).toEqual([{ kept: true }]);
    });
  });

  it('fences: a stale leader cannot write', async () => {
    const leader = hold(open('a', slow), 'job');
    await soon('a leads', () => leader.lease);
    await database.transaction((tx) => fence(tx, leader.lease!));
    await database.query(stealAll);
    await expect(database.transaction((tx) => fence(tx, leader.lease!))).rejects.toThrow(StaleLeaseError);
  });

  it('fences: a takeover waits for the transaction of the leader, a renewal does not', async () => {
    const leader = hold(open('a'), 'job');
    await soon('a leads', () => leader.lease);
    const order: string[] = [];
    let takeover: Promise<unknown> = Promise.resolve();
    await database.transaction(async (tx) => {
      await fence(tx, leader.lease!);
      await world.clock.sleep(quick.ttlMs * 2);
      expect(leader.lease!.isTrusted()).toBe(true);
      takeover = database.query(stealAll).then(() => order.push('taken over'));
      expect(await isWaiting(takeover)).toBe(true);
      order.push('leader committed');
    });
    await takeover;
    expect(order).toEqual(['leader committed', 'taken over']);
  });

  it('gives an expired lease to one of the contenders that wait for its leader’s transaction', async () => {
    const leader = hold(open('a', slow), 'job');
    await soon('a leads', () => leader.lease);
    const heirs: ReturnType<typeof hold>[] = [];
    await database.transaction(async (tx) => {
      await fence(tx, leader.lease!);
      await database.query(expire);
      for (const holder of ['b', 'c']) heirs.push(hold(open(holder, slow, await world.open()), 'job'));
      await world.clock.sleep(300);
      expect(heirs.some(({ lease }) => lease)).toBe(false);
    });
    await soon('one leads', () => heirs.some(({ lease }) => lease));
    await world.clock.sleep(300);
    expect(heirs.filter(({ lease }) => lease?.isTrusted())).toHaveLength(1);
    expect(await database.query(epochs)).toEqual([{ name: 'job', epoch: 2 }]);
  });

  it('shares shards evenly, and rebalances when contenders join and leave', async () => {
    const [a, b] = [open('a', { ...slow, renewEveryMs: 200 }), open('b', { ...slow, renewEveryMs: 200 })];
    const first = heldShards(a, 'outbox', 8);
    await soon('a has all', () => first.shards.size === 8);
    const second = heldShards(b, 'outbox', 8);
    await soon('each has half', () => first.shards.size === 4 && second.shards.size === 4);
    expect(new Set([...first.shards, ...second.shards]).size).toBe(8);
    await first.close();
    expect(first.shards.size).toBe(0);
    await soon('b has all', () => second.shards.size === 8);
  });

  it('takes over the shards of a crashed contender once they have expired', async () => {
    const survivor = heldShards(open('b'), 'outbox', 4);
    await soon('b has all', () => survivor.shards.size === 4);
    await database.query(crashedContender);
    await soon('b makes room', () => survivor.shards.size === 2);
    await soon('b has all again', () => survivor.shards.size === 4);
  });
}
