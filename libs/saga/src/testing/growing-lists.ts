import { SystemClock, type Clock } from '#clock';
import type { CloudEvent } from '#contracts';
import { CommitUnknownError, statement, type PgTransaction, type Sql, type UnitOfWork } from '#postgres';
import { testDatabase, type TestDatabase } from '#testing';
import { BatchRunner, type BatchParts } from '../batch.js';
import { inboxTablesSql, parkingTablesSql, PostgresInbox } from '../inbox.repository.js';
import { ParkedEvents } from '../parked-events.repository.js';
import { PostgresParking } from '../parking.repository.js';
import { Replay, type ReplayObserver } from '../replay.js';
import { become, type AggregateType, type ChargeKey, type Step } from '../step.js';
import { StepConsumer, type StepConsumerObserver } from '../step-consumer.js';
import { StepTable } from '../step-table.js';
import type { Aggregates, Delivery } from '../store.js';
import { grew, growth, type Grew } from './tally.js';

const loadStatement = statement(
  'lists_load',
  'SELECT id, numbers FROM list WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE',
);
const saveStatement = statement(
  'lists_save',
  `INSERT INTO list (id, numbers) SELECT id, numbers FROM json_to_recordset($1::json) AS saved (id text, numbers json)
   ON CONFLICT (id) DO UPDATE SET numbers = excluded.numbers`,
);
const readStatement = statement('lists_read', 'SELECT id, numbers FROM list ORDER BY id');
const emptyStatements = ['list', 'inbox', 'parked_event', 'parked_key'].map((table) =>
  statement(`lists_empty_${table}`, `DELETE FROM ${table}`),
);

interface List {
  readonly id: string;
  readonly numbers: readonly number[];
}
const lists: AggregateType<List> = { kind: 'list', keyName: ({ chargeId }) => chargeId, restate: () => [] };

const kept: Aggregates<PgTransaction, List> = {
  async load(tx, keys) {
    const rows = await tx.query<List>(loadStatement, [[...new Set(keys.map(({ chargeId }) => chargeId))]]);
    const states = new Map(rows.map((row) => [row.id, row]));
    return {
      get: ({ chargeId: id }) => states.get(id) ?? { id, numbers: [] },
      set: ({ chargeId: id }, list) => void states.set(id, list),
      contextOf: () => undefined,
    };
  },
  async save(tx, changed) {
    await tx.query(saveStatement, [JSON.stringify(changed.map(({ state }) => state))]);
    return [];
  },
};

/** A number to be appended to a list, as the bus delivers it. */
export const number = (key: string, n: number): Delivery => growth(key, n, `${key}.${n}`);

type Fault = 'none' | 'before' | 'after';

/** A clock whose `sleep` returns at once. */
const hasty = (clock: Clock): Clock => ({
  now: () => clock.now(),
  monotonicMs: () => clock.monotonicMs(),
  after: (delayMs, callback, options) => clock.after(delayMs, callback, options),
  sleep: (_delayMs, signal) => clock.sleep(0, signal),
  random: () => clock.random(),
});

export const listsSql = `${inboxTablesSql} ${parkingTablesSql} CREATE TABLE list (id text COLLATE "C" PRIMARY KEY, numbers json);`;

/** Lists of numbers in a database: the deliveries of each key, in the order in which they took effect. */
export class GrowingLists {
  /** Ids of events for which the step throws. */
  readonly poison = new Set<string>();
  /** Called for every decision, in its transaction. */
  onDecide: (id: string) => void = () => undefined;
  /** Dead letters that were committed. */
  readonly letters: CloudEvent[] = [];
  readonly parked: ParkedEvents;

  readonly #clock: Clock;

  /** The database must have the tables of `listsSql`. */
  constructor(
    readonly database: UnitOfWork<PgTransaction> & Sql,
    clock: Clock = new SystemClock(),
  ) {
    this.#clock = hasty(clock);
    this.parked = new ParkedEvents(database);
  }

  static async create(name: string): Promise<{ lists: GrowingLists; test: TestDatabase }> {
    const test = await testDatabase(name);
    for (const [place, text] of listsSql.split(';').entries()) {
      if (text.trim()) await test.database.query({ name: `tables_${place}`, text });
    }
    return { lists: new GrowingLists(test.database), test };
  }

  async empty(): Promise<void> {
    this.poison.clear();
    this.letters.length = 0;
    for (const empty of emptyStatements) await this.database.query(empty);
  }

  /** One process of the service. `fault` may make a transaction fail before or after its commit. */
  instance(
    observers: { steps?: StepConsumerObserver; replay?: ReplayObserver } = {},
    fault: () => Fault | Promise<Fault> = () => 'none',
    beforeCommit: () => Promise<void> = () => Promise.resolve(),
  ) {
    const { database } = this;
    const store: UnitOfWork<PgTransaction> = {
      isTransient: (error) => database.isTransient(error),
      transaction: async (work) => {
        const where = await fault();
        const result = await database.transaction(async (tx) => {
          const worked = await work(tx);
          await beforeCommit();
          if (where === 'before') throw new CommitUnknownError(new Error('it was not committed'));
          return worked;
        });
        if (where === 'after') throw new CommitUnknownError(new Error('it was committed'));
        return result;
      },
    };
    const parts: BatchParts<PgTransaction> = {
      service: 'ledger',
      store,
      inbox: new PostgresInbox(),
      outbox: {
        append: (tx, events) => tx.onCommit(() => void this.letters.push(...events)),
      },
      aggregates: new Map([['list', kept]]),
      effects: new Map(),
      clock: this.#clock,
    };
    const onGrew: Step<List, ChargeKey, void, Grew> = {
      aggregate: lists,
      on: grew,
      keyOf: (event) => event,
      decide: (list, { chargeId, by }) => {
        this.onDecide(`${chargeId}.${by}`);
        if (this.poison.has(`${chargeId}.${by}`)) throw new Error(`${by} is a bug`);
        return become({ ...list, numbers: [...list.numbers, by] });
      },
    };
    const runner = new BatchRunner(parts);
    const steps = new StepTable([onGrew]);
    return {
      consumer: new StepConsumer(runner, parts, steps, { observer: observers.steps ?? {} }),
      replay: new Replay(runner, parts, new PostgresParking(database), () => steps, observers.replay),
    };
  }

  /** By key. */
  async numbers(): Promise<Record<string, number[]>> {
    const rows = await this.database.query<{ id: string; numbers: number[] }>(readStatement);
    return Object.fromEntries(rows.map(({ id, numbers }) => [id, numbers]));
  }
}
