import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '#contracts';
import { Leases, leaseTableSql } from '#leases';
import { statement } from '#postgres';
import { eventually, notEmpty } from '#testing';
import type { DatabasePort, DatabaseWorld, OpenDatabaseWorld } from '../../../postgres/src/testing/database-world.js';
import { OutboxRelay } from '../outbox-relay.js';
import type { HandedRow, HandOver } from '../outbox-store.js';
import { outboxTableSql, PostgresOutbox, PostgresOutboxStore } from '../outbox.repository.js';
import { OUTBOX_SHARDS, shardOf } from '../shard.js';

const left = statement('contract.outbox_left', 'SELECT count(*) AS rows FROM outbox');
const empties = [
  statement('contract.outbox_empty', 'DELETE FROM outbox'),
  statement('contract.outbox_empty_leases', 'DELETE FROM lease'),
  statement('contract.outbox_empty_contenders', 'DELETE FROM lease_contender'),
];
const take = statement('contract.outbox_take', 'SELECT number FROM counter WHERE key = $1 FOR UPDATE');
const grow = statement('contract.outbox_grow', 'UPDATE counter SET number = number + 1 WHERE key = $1');

const quick = { ttlMs: 2_000, renewEveryMs: 300, trustMarginMs: 500 };
const allShards = Array.from({ length: OUTBOX_SHARDS }, (_, shard) => shard);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

/** The contract of outbox, table and relay: committed events are published in order per key, and no others. */
export function outboxContract(open: OpenDatabaseWorld): void {
  let world: DatabaseWorld;
  let database: DatabasePort;
  let store: PostgresOutboxStore;
  let offered: HandedRow[][];
  let sweeps: number;
  let outbox: PostgresOutbox;
  const endings: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    world = await open(`${outboxTableSql} ${leaseTableSql}
      CREATE TABLE counter (key text PRIMARY KEY, number int4 NOT NULL);
      INSERT INTO counter (key, number) VALUES ('a', 0), ('b', 0), ('c', 0);`);
    database = await world.open();
    store = new PostgresOutboxStore(database);
  });
  beforeEach(async () => {
    for (const empty of empties) await database.query(empty);
    offered = [];
    sweeps = 0;
    const relay: HandOver = { offer: (rows) => void offered.push([...rows]), sweepSoon: () => sweeps++ };
    outbox = new PostgresOutbox(relay, world.clock);
  });
  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
  });
  afterAll(() => world.close());

  const soon = <T>(what: string, condition: () => T | Promise<T>) =>
    eventually(what, condition, { clock: world.clock, timeoutMs: 15_000 });
  const eventOf = (key: string, number: number): CloudEvent<{ number: number }> => ({
    id: `${key}.${number}`,
    type: 'test.counted.v1',
    source: 'spec',
    topic: 'counted',
    key,
    time: Date.UTC(2026, 0, 1, 0, 0, 0, number),
    data: { number },
  });
  const commit = (...events: CloudEvent[]): Promise<void> =>
    database.transaction(async (tx) => outbox.append(tx, events));
  const rowsLeft = async (): Promise<number> => (await database.query<{ rows: number }>(left))[0]!.rows;
  const read = (shards: readonly number[] = allShards, limit = 1_000) =>
    store.exchange({ sent: [], limit, known: [], shards });

  describe('an event', () => {
    it('is handed over after its commit, with ascending ids and the id of the row of its key that it follows', async () => {
      const many = upTo(300).map((number) => eventOf('many', number));
      await commit(...many);
      await soon('the rows are handed over', () => offered.length === 1);
      expect(offered[0]!.map(({ event }) => event)).toEqual(many);
      const ids = offered[0]!.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
      expect(offered[0]!.map(({ behind }) => behind)).toEqual(many.map(() => null));

      await commit(eventOf('many', 300), eventOf('other', 0));
      await soon('the next rows are handed over', () => offered.length === 2);
      expect(offered[1]!.map(({ behind }) => behind)).toEqual([ids.at(-1), null]);
    });

    it('is the same when it is read from the table', async () => {
      const traced = { ...eventOf('a', 1), traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
      const wordy = { ...eventOf('b', 2), data: { text: 'ß "quoted" \\ \n 漢', list: [1, null, { deep: true }] } };
      await commit(traced, wordy);
      await soon('the rows are handed over', () => offered.length === 1);
      const rows = await read();
      expect(rows).toEqual(
        offered[0]!.map(({ id, shard, event }) => ({ id, shard, event, appendedAt: expect.any(Number) })),
      );
      expect(rows.map(({ event }) => event)).toEqual([traced, wordy]);
      expect(Math.abs(rows[0]!.appendedAt - offered[0]![0]!.appendedAt)).toBeLessThan(60_000);
    });

    it('is not stored when its transaction is rolled back, and the relay sweeps', async () => {
      const aborted = database.transaction(async (tx) => {
        outbox.append(tx, [eventOf('never', 0)]);
        throw new Error('changed my mind');
      });
      await expect(aborted).rejects.toThrow('changed my mind');
      expect({ offered, sweeps, rows: await rowsLeft() }).toEqual({ offered: [], sweeps: 1, rows: 0 });
    });

    it.each([
      ['before', 0],
      ['after', 1],
    ] as const)(
      'whose COMMIT was lost %s it was done is not handed over, and the relay sweeps for it',
      async (when, rows) => {
        world.loseNextCommit(when);
        await expect(commit(eventOf('a', 0))).rejects.toMatchObject({ code: 'commit_unknown' });
        expect({ offered, sweeps }).toEqual({ offered: [], sweeps: 1 });
        await soon('it is there or it is not', async () => (await read()).length === rows);
      },
    );

    it('that exceeds the broker’s limit is rejected before the commit', async () => {
      const event = { ...eventOf('large', 0), data: 'x'.repeat(300_000) };
      await expect(commit(event)).rejects.toMatchObject({ code: 'event_too_large' });
      expect(await rowsLeft()).toBe(0);
    });

    it('that is a dead letter may have any size, and is sent without its data above the limit', async () => {
      const deadLetter = { topic: 't', partition: 0, offset: '7', consumer: 'c', attempts: 1, error: 'too much' };
      await commit({ ...eventOf('large', 0), data: 'x'.repeat(300_000), deadLetter });
      const [row] = await read();
      expect(row!.event).toMatchObject({ id: 'large.0', data: undefined, deadLetter });
    });

    it('follows the rows of its key in commit order, whichever transaction began first', async () => {
      const counted = async (key: string): Promise<void> =>
        database.transaction(async (tx) => {
          const [row] = await tx.query<{ number: number }>(take, [key]);
          await tx.query(grow, [key]);
          outbox.append(tx, [eventOf(key, row!.number)]);
        });
      await Promise.all(upTo(20).flatMap(() => ['a', 'b', 'c'].map(counted)));
      const rows = await read();
      for (const key of ['a', 'b', 'c']) {
        const numbers = rows
          .filter(({ event }) => event.key === key)
          .map(({ event }) => (event.data as { number: number }).number);
        expect(numbers).toEqual(upTo(20));
      }
    });
  });

  describe('an exchange with the table', () => {
    it('deletes sent rows and reads waiting ones in one round trip, without reading rows that it deletes', async () => {
      await commit(...upTo(3).map((number) => eventOf('a', number)));
      await soon('the rows are handed over', () => offered.length === 1);
      const [sent, known, waiting] = offered[0]!.map(({ id }) => id) as [number, number, number];
      const shards = [shardOf('a')];
      const rows = await store.exchange({ sent: [sent], limit: 10, known: [sent, known], shards });
      expect(rows.map(({ id }) => id)).toEqual([waiting]);
      expect(await rowsLeft()).toBe(2);
      expect(await store.exchange({ sent: [known], limit: 0, known: [], shards })).toEqual([]);
      expect(await rowsLeft()).toBe(1);
    });

    it('reads the oldest rows of its shards, up to a limit, and no others', async () => {
      const events = upTo(40).map((number) => eventOf(`k${number}`, number));
      await commit(...events);
      const mine = shardOf('k0');
      const ofMine = events.filter(({ key }) => shardOf(key) === mine);
      expect(ofMine.length).toBeLessThan(events.length);
      expect((await read([mine])).map(({ event }) => event)).toEqual(ofMine);
      expect((await read(allShards, 7)).map(({ event }) => event)).toEqual(events.slice(0, 7));
      expect(await read([])).toEqual([]);
    });

    it('does not see rows of an open transaction', async () => {
      await database.transaction(async (tx) => {
        outbox.append(tx, [eventOf('a', 0)]);
        await tx.query(take, ['a']);
        expect(await read()).toEqual([]);
      });
      expect(await read()).toHaveLength(1);
    });

    it('notifies every process that listens', async () => {
      let calls = 0;
      const listening = await store.listen(() => calls++);
      await new PostgresOutboxStore(await world.open()).notify();
      await soon('it has heard', () => calls === 1);
      await listening.close();
    });
  });

  describe('relays', () => {
    /** All published event ids, in order. */
    const said: string[] = [];
    beforeEach(() => void said.splice(0));

    /** A process with a relay, over a bus that is slow and may fail. */
    async function relayOf(holder: string, mayPublish: () => boolean = () => true) {
      const own = await world.open({ maxConnections: 3 });
      const leases = new Leases({ database: own, holder, clock: world.clock, ...quick });
      let shards = 0;
      const relay = new OutboxRelay({
        store: new PostgresOutboxStore(own),
        clock: world.clock,
        leases: {
          contendShards: (prefix, count, handlersOf) =>
            leases.contendShards(prefix, count, (shard) => {
              const handlers = handlersOf(shard);
              return {
                onAcquired: (lease) => {
                  shards++;
                  return handlers.onAcquired(lease);
                },
                onLost: () => {
                  shards--;
                  return handlers.onLost();
                },
              };
            }),
        },
        bus: {
          publish: async (events) => {
            await world.clock.sleep(2);
            if (!mayPublish()) throw new Error('the broker is away');
            said.push(...events.map(({ id }) => id));
          },
        },
      });
      await relay.start();
      let stopped: Promise<void> | undefined;
      const stop = (): Promise<void> => (stopped ??= relay.stop().then(() => leases.close()));
      endings.push(stop);
      return { outbox: new PostgresOutbox(relay, world.clock), shards: () => shards, stop };
    }
    const keys = upTo(16).map((key) => `k${key}`);
    /** A key's published event ids, without duplicates. */
    const order = (key: string): string[] => [...new Set(said.filter((id) => id.startsWith(`${key}.`)))];
    const expectAll = async (numbers: number): Promise<void> => {
      const wanted = (key: string): string[] => upTo(numbers).map((number) => `${key}.${number}`);
      await soon('all is said', () => keys.every((key) => order(key).length === numbers));
      for (const key of notEmpty(keys)) expect(order(key)).toEqual(wanted(key));
      await soon('the table is empty', async () => (await rowsLeft()) === 0);
    };

    it('publish committed events, in order per key, and leave no rows', async () => {
      const { outbox } = await relayOf('one');
      for (const number of upTo(10))
        await database.transaction(async (tx) =>
          outbox.append(
            tx,
            keys.map((key) => eventOf(key, number)),
          ),
        );
      await expectAll(10);
      expect(said).toHaveLength(160);
    });

    it('publish rows that were not handed over', async () => {
      await commit(...keys.map((key) => eventOf(key, 0)));
      await relayOf('one');
      await expectAll(1);
    });

    it('share the shards, publish each other’s rows, and take over when one leaves', async () => {
      const [first, second] = [await relayOf('first'), await relayOf('second')];
      await soon('each owns half', () => first.shards() === 4 && second.shards() === 4);
      for (const number of upTo(10)) {
        const { outbox } = number % 2 ? first : second;
        await database.transaction(async (tx) =>
          outbox.append(
            tx,
            keys.map((key) => eventOf(key, number)),
          ),
        );
      }
      await expectAll(10);
      const leftMs = world.clock.monotonicMs();
      await second.stop();
      for (const number of [10, 11, 12]) {
        await database.transaction(async (tx) =>
          first.outbox.append(
            tx,
            keys.map((key) => eventOf(key, number)),
          ),
        );
      }
      await expectAll(13);
      expect(first.shards()).toBe(OUTBOX_SHARDS);
      // At once, since the lease was released: after a crash it would have to expire first.
      expect(world.clock.monotonicMs() - leftMs).toBeLessThan(4_000);
    });

    it('go on when the broker and the database are back', async () => {
      let away = false;
      const { outbox } = await relayOf('one', () => !away);
      await database.transaction(async (tx) =>
        outbox.append(
          tx,
          keys.map((key) => eventOf(key, 0)),
        ),
      );
      await expectAll(1);
      away = true;
      await database.transaction(async (tx) =>
        outbox.append(
          tx,
          keys.map((key) => eventOf(key, 1)),
        ),
      );
      await world.away();
      await world.clock.sleep(500);
      expect(said).toHaveLength(16);
      await world.back();
      away = false;
      await soon('the database answers again', () => rowsLeft().then(() => true));
      await database.transaction(async (tx) =>
        outbox.append(
          tx,
          keys.map((key) => eventOf(key, 2)),
        ),
      );
      await expectAll(3);
    });
  });
}
