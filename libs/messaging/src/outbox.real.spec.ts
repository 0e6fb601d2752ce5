import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, type MicroserviceOptions } from '@nestjs/microservices';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SystemClock } from '#clock';
import type { CloudEvent, EventContract, Topic } from '#contracts';
import { Leases, leaseTableSql, type Lease } from '#leases';
import { assertIndexProbes, Database, statement, type PgTransaction } from '#postgres';
import {
  become,
  Decides,
  inboxTablesSql,
  parkingTablesSql,
  PostgresInbox,
  type Aggregates,
  type AggregateType,
  type BatchParts,
  type Decision,
  type StepConsumerObserver,
} from '#saga';
import { eventually, notEmpty, testDatabase, type TestDatabase } from '#testing';
import { KafkaJsBus } from './kafka-js-bus.js';
import { OutboxRelay } from './outbox-relay.js';
import {
  appendStatement,
  exchangeStatement,
  outboxTableSql,
  PostgresOutbox,
  PostgresOutboxStore,
} from './outbox.repository.js';
import { stepsOf } from './event-handlers.js';
import { StepTransport } from './step-transport.js';

const clock = new SystemClock();
const unique = `${process.pid}-${clock.now()}`;
const topic = `counted-${unique}` as Topic;
const service = `counter-${unique}`;

const data = z.object({ key: z.string(), number: z.number() });
type Counted = z.infer<typeof data>;
const counted: EventContract<Counted> = Object.assign(
  ({ key, number }: Counted) => ({
    id: `${key}.${number}`,
    type: 'test.counted.v1',
    topic,
    key,
    data: { key, number },
  }),
  {
    type: 'test.counted.v1',
    topic,
    producer: 'ledger' as const,
    reader: 'ledger' as const,
    meaning: 'A number was counted.',
    schema: data,
  },
);

const eventOf = (key: string, number: number): CloudEvent<Counted> => {
  return { ...counted({ key, number }), source: 'spec', time: clock.now() };
};

/** A key's numbers, in the order in which they took effect. */
const load = statement(
  'spec.load',
  'SELECT key, numbers FROM counter WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE',
);
const save = statement(
  'spec.save',
  `INSERT INTO counter (key, numbers)
   SELECT key, ARRAY(SELECT json_array_elements_text(numbers)::int)
   FROM json_to_recordset($1::json) AS saved(key text, numbers json)
   ON CONFLICT (key) DO UPDATE SET numbers = excluded.numbers`,
);
const counters: Aggregates<PgTransaction, number[], CounterKey> = {
  async load(tx, keys) {
    const names = [...new Set(keys.map(({ key }) => key))];
    const rows = await tx.query<{ key: string; numbers: number[] }>(load, [names]);
    const states = new Map(rows.map(({ key, numbers }) => [key, numbers]));
    return {
      get: ({ key }) => states.get(key) ?? [],
      set: ({ key }, numbers) => void states.set(key, numbers),
      contextOf: () => undefined,
    };
  },
  async save(tx, changed) {
    await tx.query(save, [JSON.stringify(changed.map(({ key: { key }, state }) => ({ key, numbers: state })))]);
    return [];
  },
};
type CounterKey = Pick<Counted, 'key'>;
const counterType: AggregateType<number[], CounterKey> = {
  kind: 'counter',
  keyName: ({ key }) => key,
  restate: () => [],
};

@Controller()
class CounterEvents {
  // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- as in an event controller
  @EventPattern<string>('test.counted.v1')
  @Decides(counterType, counted)
  counted(numbers: number[], { number }: Counted): Decision<number[]> {
    return become([...numbers, number]);
  }
}

@Module({ controllers: [CounterEvents] })
class CounterModule {}

describe('The outbox, its relay and the steps, over a real Postgres and Kafka', () => {
  const bus = new KafkaJsBus({ brokers: [process.env['TEST_KAFKA_BROKERS']!], clock });
  const endings: (() => Promise<unknown>)[] = [];
  let test: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    test = await testDatabase('outbox');
    database = test.database;
    const tables = `${outboxTableSql} ${inboxTablesSql} ${parkingTablesSql} ${leaseTableSql}
      CREATE TABLE counter (key text PRIMARY KEY, numbers int[] NOT NULL);`;
    for (const text of tables.split(';').filter((part) => part.trim())) {
      await database.query({ name: '', text });
    }
    await bus.ensureTopics([topic, `${service}.dlq`], 4);
  });
  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
    await database.query(statement('spec.empty', 'TRUNCATE outbox, inbox, parked_event, parked_key, counter, lease'));
  });
  afterAll(async () => {
    await bus.close();
    await test.drop();
  });

  interface Producer {
    readonly outbox: PostgresOutbox;
  }

  /** One process: its own connections, leases and relay. */
  async function producer(holder: string): Promise<Producer> {
    const relaxed = await relaxedDatabase();
    const leases = new Leases({
      database: relaxed,
      holder,
      clock,
      ttlMs: 2_000,
      renewEveryMs: 300,
      trustMarginMs: 500,
    });
    const relay = new OutboxRelay({ bus, store: new PostgresOutboxStore(relaxed), leases, clock });
    await relay.start();
    endings.push(async () => {
      await relay.stop();
      await leases.close();
      await relaxed.close();
    });
    const outbox = new PostgresOutbox(relay, clock);
    return { outbox };
  }

  const relaxedDatabase = (): Promise<Database> =>
    Database.open({ url: test.url, database: test.name, clock, maxConnections: 3, synchronousCommit: false });

  const commit = (outbox: PostgresOutbox, ...events: CloudEvent[]): Promise<void> =>
    database.transaction(async (tx) => outbox.append(tx, events));

  /** A whole Nest microservice that counts. */
  async function counter(outbox: PostgresOutbox, observer: StepConsumerObserver = {}): Promise<void> {
    const parts: BatchParts<PgTransaction> = {
      service,
      store: database,
      inbox: new PostgresInbox(),
      outbox,
      aggregates: new Map([['counter', counters]]),
      effects: new Map(),
      clock,
    };
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(CounterModule, {
      strategy: new StepTransport({ bus, parts, observer, steps: () => stepsOf([new CounterEvents()]) }),
      logger: false,
    });
    await app.listen();
    endings.push(() => app.close());
  }

  const numbersOf = async (key: string): Promise<number[]> => {
    const read = statement('spec.read', 'SELECT numbers FROM counter WHERE key = $1');
    const [row] = await database.query<{ numbers: number[] }>(read, [key]);
    return row?.numbers ?? [];
  };
  const left = async (): Promise<number> => {
    const [row] = await database.query<{ rows: number }>(statement('spec.left', 'SELECT count(*) AS rows FROM outbox'));
    return row!.rows;
  };

  it('reaches its rows by index, however large the backlog', async () => {
    await expect(
      assertIndexProbes({
        session: { url: test.url, database: test.name },
        statements: [appendStatement, exchangeStatement],
        tables: ['outbox'],
        grow: async () => {
          const grow = statement(
            'spec.grow',
            `INSERT INTO outbox (shard, topic, key, headers, value)
           SELECT n % 8, 't', 'k' || n % 5000, '{}', '{}' FROM generate_series(1, 20000) AS n`,
          );
          await database.query(grow);
        },
      }),
    ).resolves.toBeUndefined();
  });

  it('carries events from a commit through Kafka and a Nest microservice into state, in order per key', async () => {
    const { outbox } = await producer('one');
    await counter(outbox);
    const keys = Array.from({ length: 20 }, (_, key) => `k${key}`);
    for (let number = 0; number < 25; number++) await commit(outbox, ...keys.map((key) => eventOf(key, number)));
    const all = Array.from({ length: 25 }, (_, number) => number);
    for (const key of notEmpty(keys)) {
      await eventually(`${key} has counted all`, async () => (await numbersOf(key)).length === all.length);
      expect(await numbersOf(key)).toEqual(all);
    }
    await eventually('the outbox is empty', async () => (await left()) === 0);
  });

  it('publishes twice after a crash between publishing and deleting, and the inbox drops the duplicate', async () => {
    const published = Promise.withResolvers<void>();
    const restOfTheProcess = Promise.withResolvers<void>();
    const relaxed = await relaxedDatabase();
    const doomed = new OutboxRelay({
      // The process ends as soon as Kafka has the events, before the relay gets the answer.
      bus: {
        publish: (events) =>
          bus
            .publish(events)
            .then(published.resolve)
            .then(() => restOfTheProcess.promise),
      },
      store: new PostgresOutboxStore(relaxed),
      leases: {
        contendShards: (_prefix, count, handlers) => {
          const lease: Lease = { name: '', holder: '', epoch: 1, isTrusted: () => true };
          for (let shard = 0; shard < count; shard++) void handlers(shard).onAcquired(lease);
          return { close: () => Promise.resolve() };
        },
      },
      clock,
    });
    await doomed.start();
    endings.push(async () => {
      restOfTheProcess.reject(new Error('the process has ended'));
      await doomed.stop();
      await relaxed.close();
    });
    await commit(new PostgresOutbox(doomed, clock), eventOf('crash', 0), eventOf('crash', 1));
    await published.promise;
    expect(await left()).toBe(2);

    const outcomes: string[] = [];
    const next = await producer('next');
    await counter(next.outbox, {
      onBatch: (report) => void outcomes.push(...report.outcomes.map(({ kind }) => kind)),
    });
    await eventually('what was said twice is dropped', () => outcomes.length === 4, { timeoutMs: 15_000 });
    expect(outcomes.toSorted()).toEqual(['decided', 'decided', 'duplicate', 'duplicate']);
    expect(await numbersOf('crash')).toEqual([0, 1]);
    await eventually('the outbox is empty', async () => (await left()) === 0);
  }, 30_000);

  it('parks an unreadable event and sends a dead letter, while other keys go on', async () => {
    const parked: string[] = [];
    const { outbox } = await producer('one');
    await counter(outbox, { onParked: ({ delivery }) => void parked.push(delivery.event.id) });
    const letters: CloudEvent[] = [];
    const dead = await bus.consume({
      group: `${service}-letters`,
      topics: [`${service}.dlq`],
      onBatch: async (deliveries) => void letters.push(...deliveries.map(({ event }) => event)),
    });
    endings.push(() => dead.stop());
    const poison = { ...eventOf('bad', 0), data: { number: 'many' } };
    await commit(outbox, poison, eventOf('bad', 1), eventOf('good', 0));
    await eventually('the good key has counted', async () => (await numbersOf('good')).length === 1);
    await eventually('the dead letter has come', () => letters.length === 1);
    expect(parked).toEqual(['bad.0']);
    expect(letters[0]).toMatchObject({
      id: 'bad.0',
      data: { number: 'many' },
      deadLetter: { topic, consumer: service, error: expect.stringContaining('contract') },
    });
    expect(await numbersOf('bad')).toEqual([]);
  });
});
