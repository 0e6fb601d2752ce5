import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CloudEvent } from '#contracts';
import type { Lease, LeaseHandlers } from '#leases';
import { FakeClock } from '#testing';
import { OutboxRelay, type OutboxRelayOptions } from './outbox-relay.js';
import type { OutboxRound, HandedRow, OutboxRow, OutboxStore } from './outbox-store.js';
import { shardOf } from './shard.js';

/** The outbox table in memory, with the effects of the statements in outbox.repository.ts. */
class Table implements OutboxStore {
  readonly rows = new Map<number, OutboxRow>();
  readonly exchanges: OutboxRound[] = [];
  readonly listeners = new Set<() => void>();
  notifications = 0;
  failing = false;
  #nextId = 1;

  constructor(private readonly clock: FakeClock) {}

  /** One transaction. @returns the rows that its process offers after the commit */
  commit(...keys: string[]): HandedRow[] {
    const before = [...this.rows.values()];
    return keys.map((key) => {
      const id = this.#nextId++;
      const behind = before.findLast((row) => row.event.key === key)?.id ?? null;
      const row: OutboxRow = { id, shard: shardOf(key), event: eventOf(key, id), appendedAt: this.clock.now() };
      this.rows.set(id, row);
      return { ...row, behind };
    });
  }

  async exchange(request: OutboxRound): Promise<OutboxRow[]> {
    this.exchanges.push(request);
    if (this.failing) throw new Error('the store is away');
    const { sent, shards, known, limit } = request;
    const found = [...this.rows.values()].filter(({ id, shard }) => shards.includes(shard) && !known.includes(id));
    for (const id of sent) this.rows.delete(id);
    await Promise.resolve();
    return found.slice(0, limit);
  }

  async notify(): Promise<void> {
    this.notifications++;
    for (const listener of this.listeners) listener();
  }

  async listen(onNotify: () => void): Promise<{ close(): Promise<void> }> {
    this.listeners.add(onNotify);
    return { close: async () => void this.listeners.delete(onNotify) };
  }
}

function eventOf(key: string, id: number): CloudEvent {
  return { id: String(id), type: 't', source: 's', topic: 'payments.events', key, time: 0, data: {} };
}

/** Each send waits until the test answers it. */
class Broker {
  readonly log: CloudEvent[] = [];
  readonly sends: { ids: string[]; ack(): void; fail(): void; failAfterWriting(): void }[] = [];
  /** If true, sends are answered at once. */
  open = true;

  publish(events: readonly CloudEvent[]): Promise<void> {
    if (this.open) {
      this.log.push(...events);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const answer =
        (written: boolean, settle: () => void): (() => void) =>
        () => {
          if (written) this.log.push(...events);
          settle();
        };
      const refuse = (): void => reject(new Error('Kafka is away'));
      this.sends.push({
        ids: events.map(({ id }) => id),
        ack: answer(true, resolve),
        fail: answer(false, refuse),
        failAfterWriting: answer(true, refuse),
      });
    });
  }
}

/** Leases that the test grants and revokes. */
class Shards {
  readonly trusted = new Map<number, boolean>();
  #handlers: ((shard: number) => LeaseHandlers) | undefined;
  #held = new Map<number, LeaseHandlers>();

  contendShards(_prefix: string, _count: number, handlers: (shard: number) => LeaseHandlers) {
    this.#handlers = handlers;
    return { close: () => this.lose(...this.#held.keys()) };
  }

  async acquire(...shards: number[]): Promise<void> {
    for (const shard of shards) {
      if (this.#held.has(shard)) continue;
      const handlers = this.#handlers!(shard);
      this.#held.set(shard, handlers);
      this.trusted.set(shard, true);
      const lease: Lease = {
        name: `outbox/${shard}`,
        holder: 'me',
        epoch: 1,
        isTrusted: () => this.#held.get(shard) === handlers && this.trusted.get(shard) === true,
      };
      await handlers.onAcquired(lease);
    }
  }

  async lose(...shards: number[]): Promise<void> {
    await Promise.all(
      shards.map(async (shard) => {
        const handlers = this.#held.get(shard);
        this.#held.delete(shard);
        await handlers?.onLost();
      }),
    );
  }
}

const ALL = [0, 1, 2, 3, 4, 5, 6, 7];

async function setUp(options: Partial<OutboxRelayOptions> = {}) {
  const clock = new FakeClock();
  const table = new Table(clock);
  const broker = new Broker();
  const shards = new Shards();
  const relay = new OutboxRelay({ bus: broker, store: table, leases: shards, clock, ...options });
  await relay.start();
  const settle = (): Promise<void> => clock.advance(0);
  return { clock, table, broker, shards, relay, settle };
}

const ids = (events: readonly CloudEvent[]): number[] => events.map(({ id }) => Number(id));

describe('OutboxRelay', () => {
  it('sends handed-over rows at once, and deletes all sent rows together once they are durable', async () => {
    const { clock, table, broker, shards, relay, settle } = await setUp();
    await shards.acquire(...ALL);
    await settle();
    broker.open = false;
    relay.offer(table.commit('a', 'b'));
    await settle();
    expect(broker.sends.map((send) => send.ids)).toEqual([['1', '2']]);
    expect(table.rows.size).toBe(2);
    broker.sends[0]!.ack();
    broker.open = true;
    await settle();
    relay.offer(table.commit('a'));
    await settle();
    expect(table.rows.size).toBe(3);
    const before = table.exchanges.length;
    await clock.advance(50);
    expect(table.rows.size).toBe(0);
    expect(table.exchanges).toHaveLength(before + 1);
  });

  it('gathers rows behind its one send in flight', async () => {
    const { table, broker, shards, relay, settle } = await setUp();
    await shards.acquire(...ALL);
    broker.open = false;
    relay.offer(table.commit('a'));
    await settle();
    relay.offer(table.commit('b'));
    relay.offer(table.commit('c'));
    await settle();
    expect(broker.sends).toHaveLength(1);
    broker.sends[0]!.ack();
    await settle();
    expect(broker.sends.map((send) => send.ids)).toEqual([['1'], ['2', '3']]);
  });

  it('does not wait for a deletion before the next send', async () => {
    const { table, broker, shards, relay, settle } = await setUp();
    await shards.acquire(...ALL);
    await settle();
    table.failing = true;
    relay.offer(table.commit('a'));
    await settle();
    relay.offer(table.commit('a'));
    await settle();
    expect(ids(broker.log)).toEqual([1, 2]);
  });

  it('sweeps the rows that a crash left in a shard, in order, when it acquires the shard', async () => {
    const { table, broker, shards, settle } = await setUp();
    table.commit('a');
    table.commit('a', 'a');
    await shards.acquire(...ALL);
    await settle();
    expect(ids(broker.log)).toEqual([1, 2, 3]);
    expect(table.rows.size).toBe(0);
  });

  it('leaves rows of other shards, and notifies their owners once per flush', async () => {
    const { clock, table, broker, shards, relay, settle } = await setUp();
    await shards.acquire(shardOf('a'));
    expect(shardOf('b')).not.toBe(shardOf('a'));
    relay.offer(table.commit('a', 'b', 'b'));
    await settle();
    expect(ids(broker.log)).toEqual([1]);
    await clock.advance(50);
    expect([...table.rows.keys()]).toEqual([2, 3]);
    expect(table.notifications).toBe(1);
  });

  it('sweeps on a notification of another process', async () => {
    const { table, broker, shards, settle } = await setUp();
    await shards.acquire(...ALL);
    await settle();
    table.commit('a');
    await table.notify();
    await settle();
    expect(ids(broker.log)).toEqual([1]);
  });

  it('does not let a row overtake an earlier one of its key that was not handed over', async () => {
    const { table, broker, shards, relay, settle } = await setUp();
    await shards.acquire(...ALL);
    await settle();
    table.commit('a'); // by another process, which cannot hand it over here
    relay.offer(table.commit('a'));
    await settle();
    expect(ids(broker.log)).toEqual([1, 2]);
  });

  it('finds rows within a second without a hand-over or notification', async () => {
    const { clock, table, broker, shards, settle } = await setUp();
    await shards.acquire(...ALL);
    await settle();
    table.commit('a');
    await clock.advance(999);
    expect(ids(broker.log)).toEqual([]);
    await clock.advance(1);
    expect(ids(broker.log)).toEqual([1]);
  });

  it('retries a failed send without limit, and keeps the order', async () => {
    const failures: number[] = [];
    const { clock, table, broker, shards, relay, settle } = await setUp({
      observer: { onPublishFailed: ({ attempt }) => failures.push(attempt) },
    });
    await shards.acquire(...ALL);
    broker.open = false;
    relay.offer(table.commit('a'));
    await settle();
    relay.offer(table.commit('a'));
    for (let attempt = 0; attempt < 30; attempt++) {
      broker.sends.at(-1)!.fail();
      await clock.advance(2_000);
    }
    expect(failures.slice(-1)).toEqual([30]);
    expect(relay.pending).toBe(2);
    expect(relay.oldestPendingMs()).toBe(60_000);
    broker.sends.at(-1)!.ack();
    await settle();
    expect(ids(broker.log)).toEqual([1, 2]);
    expect(relay.pending).toBe(0);
    expect(relay.oldestPendingMs()).toBe(0);
  });

  it('keeps a bounded number of rows in memory, and reads the rest, in order, when there is room', async () => {
    const { clock, table, broker, shards, relay, settle } = await setUp({ maxWaiting: 3, maxBatch: 2 });
    await shards.acquire(...ALL);
    await settle();
    broker.open = false;
    for (let number = 0; number < 20; number++) relay.offer(table.commit('a'));
    await settle();
    expect(relay.pending).toBeLessThanOrEqual(5);
    broker.open = true;
    broker.sends[0]!.ack();
    await settle();
    expect(ids(broker.log)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    await clock.advance(50);
    expect(table.rows.size).toBe(0);
  });

  it('sends nothing from a shard while its lease is not trusted', async () => {
    const { clock, table, broker, shards, relay, settle } = await setUp();
    await shards.acquire(...ALL);
    shards.trusted.set(shardOf('a'), false);
    relay.offer(table.commit('a', 'b', 'a'));
    await settle();
    expect(ids(broker.log)).toEqual([2]);
    shards.trusted.set(shardOf('a'), true);
    await clock.advance(1_000);
    expect(ids(broker.log)).toEqual([2, 1, 3]);
  });

  it('releases a shard only when its send in flight has ended, and drops its rows', async () => {
    const { table, broker, shards, relay, settle } = await setUp();
    await shards.acquire(...ALL);
    broker.open = false;
    relay.offer(table.commit('a'));
    await settle();
    relay.offer(table.commit('a'));
    let lost = false;
    const losing = shards.lose(shardOf('a')).then(() => (lost = true));
    await settle();
    expect(lost).toBe(false);
    broker.sends[0]!.fail();
    await losing;
    await settle();
    expect(broker.sends).toHaveLength(1);
    expect(relay.pending).toBe(0);
    expect(table.rows.size).toBe(2);
  });

  it('limits a send to the size that a broker accepts', async () => {
    const { table, broker, shards, relay, settle } = await setUp();
    await shards.acquire(...ALL);
    broker.open = false;
    const rows = table.commit('a', 'a', 'a', 'a', 'a');
    for (const row of rows) Object.assign(row.event, { data: 'x'.repeat(100_000) });
    relay.offer(rows);
    await settle();
    broker.sends[0]!.ack();
    await settle();
    expect(broker.sends.map((send) => send.ids)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('publishes its rows in memory before it stops', async () => {
    const { table, broker, shards, relay, settle } = await setUp();
    await shards.acquire(...ALL);
    broker.open = false;
    relay.offer(table.commit('a'));
    await settle();
    relay.offer(table.commit('b'));
    const stopping = relay.stop();
    broker.open = true;
    broker.sends[0]!.ack();
    await stopping;
    expect(ids(broker.log)).toEqual([1, 2]);
    expect(table.rows.size).toBe(0);
    expect(table.listeners.size).toBe(0);
  });

  it('stops although Kafka is away', async () => {
    const { clock, table, broker, shards, relay, settle } = await setUp();
    await shards.acquire(...ALL);
    broker.open = false;
    relay.offer(table.commit('a'));
    await settle();
    const stopping = relay.stop();
    broker.sends[0]!.fail();
    await stopping;
    expect(clock.pendingTimers).toBe(0);
    expect(table.rows.size).toBe(1);
  });

  it('publishes every committed row at least once, in order per key, under all faults', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('commit' as const),
          keys: fc.array(key, { minLength: 1, maxLength: 4 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('commit elsewhere' as const),
          keys: fc.array(key, { minLength: 1, maxLength: 3 }),
        }),
      },
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constantFrom('ack' as const, 'fail' as const, 'failAfterWriting' as const),
          which: fc.nat(3),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constantFrom('lose' as const, 'acquire' as const, 'distrust' as const), key }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constantFrom('crash' as const, 'store away' as const, 'store back' as const) }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 1_500 }) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new FakeClock();
        const table = new Table(clock);
        const broker = new Broker();
        broker.open = false;
        const begin = async (): Promise<{ relay: OutboxRelay; shards: Shards }> => {
          const shards = new Shards();
          const leases = shards;
          const relay = new OutboxRelay({ bus: broker, store: table, leases, clock, maxWaiting: 5, maxBatch: 3 });
          await relay.start();
          await shards.acquire(...ALL);
          return { relay, shards };
        };
        let { relay, shards } = await begin();
        for (const step of steps) {
          switch (step.kind) {
            case 'commit':
              relay.offer(table.commit(...step.keys));
              break;
            case 'commit elsewhere':
              table.commit(...step.keys);
              break;
            case 'ack':
            case 'fail':
            case 'failAfterWriting':
              broker.sends.splice(step.which % Math.max(1, broker.sends.length), 1)[0]?.[step.kind]();
              break;
            case 'lose':
              void shards.lose(shardOf(step.key));
              break;
            case 'acquire':
              await shards.acquire(shardOf(step.key));
              break;
            case 'distrust':
              shards.trusted.set(shardOf(step.key), !shards.trusted.get(shardOf(step.key)));
              break;
            case 'crash':
              // The process loses its memory. Its send may still be written at any later time.
              void shards.lose(...ALL);
              ({ relay, shards } = await begin());
              break;
            case 'store away':
            case 'store back':
              table.failing = step.kind === 'store away';
              break;
            case 'wait':
              await clock.advance(step.ms);
              break;
          }
        }
        table.failing = false;
        broker.open = true;
        for (const send of broker.sends.splice(0)) send.ack();
        for (const shard of ALL) shards.trusted.set(shard, true);
        await shards.acquire(...ALL);
        await clock.advance(30_000);
        expect(table.rows.size).toBe(0);
        // Compare first occurrences: a duplicate may come late, and every inbox drops it.
        const perKey = Map.groupBy(broker.log, (event) => event.key);
        for (const events of perKey.values()) {
          const firstSights = [...new Set(ids(events))];
          expect(firstSights).toEqual(firstSights.toSorted((a, b) => a - b));
        }
        const committed = steps.flatMap((step) => ('keys' in step ? step.keys : []));
        expect(new Set(ids(broker.log)).size).toBe(committed.length);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
