import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statement, type PgTransaction } from '#postgres';
import type { DatabasePort, DatabaseWorld, OpenDatabaseWorld } from '../../../postgres/src/testing/database-world.js';
import { waitsForLock } from '../../../postgres/src/testing/waits-for-lock.js';
import { inboxTablesSql, parkingTablesSql, PostgresInbox } from '../inbox.repository.js';
import { PostgresParking } from '../parking.repository.js';
import type { InboxAdmission, Delivery, ParkedEvent, WhyParked } from '../store.js';
import { growth } from './tally.js';

const requestReplay = statement('contract.replay', 'UPDATE parked_key SET replay_requested_at = now() WHERE key = $1');
const keys = statement('contract.parked_keys', 'SELECT key FROM parked_key ORDER BY key');

const A_BUG: WhyParked = { error: 'a bug', behind: false, attempts: 1 };
const BEHIND: WhyParked = { error: 'an earlier one is parked', behind: true, attempts: 0 };

/** The contract of inbox and parking: an event takes effect once, and a key's events in order. */
export function inboxContract(open: OpenDatabaseWorld): void {
  const inbox = new PostgresInbox();
  let world: DatabaseWorld;
  /** Two processes of one service. */
  let mine: DatabasePort;
  let theirs: DatabasePort;
  let parking: PostgresParking;
  let rounds = 0;

  beforeAll(async () => {
    world = await open(`${inboxTablesSql} ${parkingTablesSql}`);
    mine = await world.open();
    theirs = await world.open();
    parking = new PostgresParking(mine);
  });
  afterAll(() => world.close());

  const newKey = (): string => `ch_${++rounds}`;
  const batch = (key: string, size: number): Delivery[] =>
    Array.from({ length: size }, (_, n) => growth(key, 1, `${key}.${n}`));
  const idsOf = (deliveries: readonly Delivery[]): Set<string> =>
    new Set(deliveries.map(({ event }) => `${event.source} ${event.id}`));
  const admit = (deliveries: readonly Delivery[], database = mine): Promise<InboxAdmission> =>
    database.transaction((tx) => inbox.admit(tx, deliveries));
  const park = (delivery: Delivery, why: WhyParked): Promise<void> =>
    mine.transaction(async (tx) => {
      await inbox.admit(tx, [delivery]);
      inbox.park(tx, delivery, why);
    });

  const isWaiting = (promise: Promise<unknown>, statements?: number): Promise<boolean> =>
    waitsForLock(world, promise, statements);

  describe('an event', () => {
    it('is admitted once', async () => {
      const deliveries = batch(newKey(), 4);
      expect((await admit(deliveries.slice(0, 3))).fresh).toEqual(idsOf(deliveries.slice(0, 3)));
      expect((await admit(deliveries, theirs)).fresh).toEqual(idsOf(deliveries.slice(3)));
    });

    it('is admitted once when a batch holds it twice', async () => {
      const [delivery] = batch(newKey(), 1);
      expect((await admit([delivery!, delivery!])).fresh.size).toBe(1);
      expect((await admit([delivery!])).fresh.size).toBe(0);
    });

    it('is another event when another source uses the same id', async () => {
      const [delivery] = batch(newKey(), 1);
      const other = { ...delivery!, event: { ...delivery!.event, source: 'ledger' } };
      expect((await admit([delivery!, other])).fresh.size).toBe(2);
    });

    it('is admitted anew when the transaction that admitted it has forgotten it', async () => {
      const deliveries = batch(newKey(), 2);
      await mine.transaction(async (tx) => {
        await inbox.admit(tx, deliveries);
        inbox.forget(tx, deliveries[0]!.event);
      });
      expect((await admit(deliveries, theirs)).fresh).toEqual(idsOf(deliveries.slice(0, 1)));
    });

    it('is forgotten with the transaction that admitted it', async () => {
      const deliveries = batch(newKey(), 2);
      const failing = mine.transaction(async (tx) => {
        await inbox.admit(tx, deliveries);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect((await admit(deliveries, theirs)).fresh.size).toBe(2);
    });

    it.each([
      ['commits, and is a duplicate then', 'commits', 0],
      ['rolls back, and is new then', 'rolls back', 1],
    ])('that a concurrent transaction is admitting waits until that %s', async (_, end, fresh) => {
      const deliveries = batch(newKey(), 1);
      let waiting: Promise<InboxAdmission> | undefined;
      const first = mine.transaction(async (tx) => {
        expect((await inbox.admit(tx, deliveries)).fresh.size).toBe(1);
        waiting = admit(deliveries, theirs);
        expect(await isWaiting(waiting)).toBe(true);
        if (end === 'rolls back') throw new Error(end);
      });
      await first.catch(() => undefined);
      expect((await waiting)?.fresh.size).toBe(fresh);
    });

    it('is new to exactly one of two consumers that hold the same events, in any order', async () => {
      for (let round = 0; round < 20; round++) {
        const deliveries = batch(newKey(), 50);
        const [one, other] = await Promise.all([admit(deliveries), admit(deliveries.toReversed(), theirs)]);
        expect(one.fresh.size + other.fresh.size).toBe(50);
        expect([...one.fresh].filter((id) => other.fresh.has(id))).toEqual([]);
      }
    });
  });

  describe('a key with a parked event', () => {
    it('is named when one of its events is admitted, and no other key is', async () => {
      const [parked, free] = [newKey(), newKey()];
      await park(growth(parked, 13), A_BUG);
      const admission = await admit([growth(parked, 1), growth(free, 1)], theirs);
      expect(admission).toEqual({ fresh: expect.any(Set), parkedKeys: new Set([parked]) });
      expect(admission.fresh.size).toBe(2);
    });

    it('is named to a consumer that waited while another parked the event', async () => {
      const key = newKey();
      const [poison, next] = [growth(key, 13), growth(key, 1)];
      let waiting: Promise<InboxAdmission> | undefined;
      await mine.transaction(async (tx) => {
        await inbox.admit(tx, [poison]);
        waiting = admit([poison, next], theirs);
        expect(await isWaiting(waiting)).toBe(true);
        inbox.park(tx, poison, A_BUG);
      });
      expect(await waiting).toEqual({ fresh: idsOf([next]), parkedKeys: new Set([key]) });
    });

    it('holds each of its events once, in the order in which they came, as they came', async () => {
      const key = newKey();
      const events = [growth(key, 13), growth(key, 1, 'second'), growth(key, 'ß "quoted" \\ \n', 'third')];
      await park(events[0]!, A_BUG);
      await park(events[0]!, A_BUG);
      await park(events[1]!, BEHIND);
      await park(events[2]!, BEHIND);
      const first = await mine.transaction((tx) => parking.first(tx, key, 10));
      expect(first).toEqual([
        { ...events[0], ...A_BUG, position: expect.any(Number) },
        { ...events[1], ...BEHIND, position: expect.any(Number) },
        { ...events[2], ...BEHIND, position: expect.any(Number) },
      ]);
      expect(first.map(({ position }) => position)).toEqual(
        first.map(({ position }) => position).toSorted((a, b) => a - b),
      );
      expect(await mine.transaction((tx) => parking.first(tx, key, 1))).toHaveLength(1);
    });
  });

  describe('a replay', () => {
    async function parkedKey(events: number): Promise<{ key: string; deliveries: Delivery[] }> {
      const key = newKey();
      const deliveries = batch(key, events);
      for (const [place, delivery] of deliveries.entries()) await park(delivery, place === 0 ? A_BUG : BEHIND);
      await mine.query(requestReplay, [key]);
      return { key, deliveries };
    }
    const firstOf = (tx: PgTransaction, key: string): Promise<ParkedEvent[]> => parking.first(tx, key, 10);

    it('is requested by key, and `hold` refuses every other key', async () => {
      const { key } = await parkedKey(1);
      expect(await parking.requested(1_000, [])).toContain(key);
      const other = newKey();
      await park(growth(other, 13), A_BUG);
      expect(await parking.requested(1_000, [])).not.toContain(other);
      expect(await mine.transaction((tx) => parking.hold(tx, other))).toBe(false);
      expect(await mine.transaction((tx) => parking.hold(tx, newKey()))).toBe(false);
      expect(await mine.transaction((tx) => parking.hold(tx, key))).toBe(true);
    });

    it('makes deliveries and other replays of its key wait, and none of another key', async () => {
      const { key } = await parkedKey(2);
      let delivered: Promise<InboxAdmission> | undefined;
      let replayed: Promise<boolean> | undefined;
      await mine.transaction(async (tx) => {
        expect(await parking.hold(tx, key)).toBe(true);
        delivered = admit([growth(key, 1, `${key}.later`)], theirs);
        replayed = theirs.transaction((other) => parking.hold(other, key));
        expect(await isWaiting(delivered)).toBe(true);
        expect(await isWaiting(replayed, 2)).toBe(true);
        expect((await admit([growth(newKey(), 1)], theirs)).fresh.size).toBe(1);
        expect(await parking.release(tx, key, await firstOf(tx, key))).toBe(true);
      });
      expect(await replayed).toBe(false);
      expect((await delivered)?.parkedKeys).toEqual(new Set());
    });

    it('waits for a delivery that is parking behind it, and then finds that event too', async () => {
      const { key } = await parkedKey(1);
      const next = growth(key, 1, `${key}.next`);
      let held: Promise<ParkedEvent[]> | undefined;
      await mine.transaction(async (tx) => {
        expect((await inbox.admit(tx, [next])).parkedKeys).toEqual(new Set([key]));
        held = theirs.transaction(async (other) => {
          await parking.hold(other, key);
          return firstOf(other, key);
        });
        expect(await isWaiting(held)).toBe(true);
        inbox.park(tx, next, BEHIND);
      });
      expect((await held)?.map(({ event }) => event.id)).toEqual([`${key}.0`, `${key}.next`]);
    });

    it('frees the key with the last of its events', async () => {
      const { key, deliveries } = await parkedKey(3);
      await mine.transaction(async (tx) => {
        const events = await firstOf(tx, key);
        expect(await parking.release(tx, key, events.slice(0, 2))).toBe(false);
      });
      expect((await mine.query<{ key: string }>(keys)).map((row) => row.key)).toContain(key);
      await mine.transaction(async (tx) => {
        expect(await parking.release(tx, key, await firstOf(tx, key))).toBe(true);
      });
      expect((await mine.query<{ key: string }>(keys)).map((row) => row.key)).not.toContain(key);
      expect((await admit(deliveries, theirs)).fresh.size).toBe(0);
    });

    it('ends at an event that fails again, and stores the error and the attempt', async () => {
      const { key } = await parkedKey(2);
      await mine.transaction(async (tx) => {
        const [event] = await firstOf(tx, key);
        await parking.failedAgain(tx, event!, 'still a bug \0');
      });
      expect(await parking.requested(1_000, [])).not.toContain(key);
      const [event] = await mine.transaction((tx) => firstOf(tx, key));
      expect(event).toMatchObject({ error: 'still a bug \\0', attempts: 2, behind: false });
    });
  });
}
