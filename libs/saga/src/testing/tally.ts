import { defineEvent, type CloudEvent } from '#contracts';
import type { Transaction, UnitOfWork } from '#postgres';
import { FakeClock } from '#testing';
import { z } from 'zod';
import { BatchRunner, type BatchParts } from '../batch.js';
import { become, tooSoon, unchanged, type AggregateType, type ChargeKey, type Step } from '../step.js';
import { StepConsumer, type StepConsumerObserver } from '../step-consumer.js';
import { StepTable } from '../step-table.js';
import { inboxIdOf, type Delivery } from '../store.js';

/** A small saga for this library's tests: a tally that grows and emits its total. */
export const grew = defineEvent({
  producer: 'payments',
  reader: 'ledger',
  name: 'grew',
  version: 1,
  meaning: 'A tally shall grow.',
  schema: z.strictObject({ chargeId: z.string(), by: z.int() }),
});
export type Grew = z.infer<typeof grew.schema>;
export const totalled = defineEvent({
  producer: 'ledger',
  reader: 'payments-api',
  name: 'totalled',
  version: 1,
  meaning: 'A tally has a total.',
  schema: z.strictObject({ chargeId: z.string(), total: z.int() }),
});

export interface Tally {
  readonly chargeId: string;
  readonly total: number;
}

export const tallies: AggregateType<Tally> = {
  kind: 'tally',
  keyName: ({ chargeId }) => chargeId,
  restate: ({ chargeId, total }) => (total === 0 ? [] : [totalled({ chargeId, total })]),
};

export const onGrew: Step<Tally, ChargeKey, void, Grew> = {
  aggregate: tallies,
  on: grew,
  keyOf: (event) => event,
  decide(tally, { by }) {
    if (by === 13) throw new Error('thirteen is a bug');
    if (by === 0) return unchanged(tally);
    if (by < 0 && tally.total === 0) return tooSoon(tally);
    const grown = { ...tally, total: tally.total + by };
    return become(grown, totalled({ chargeId: grown.chargeId, total: grown.total }));
  },
};

interface Books {
  tallies: Map<string, Tally>;
  seen: Set<string>;
  parked: { key: string; id: string; behind: boolean; error: string }[];
  said: CloudEvent[];
}

const copyOf = (books: Books): Books => structuredClone(books);

export class StoreAway extends Error {}

type BooksTransaction = Transaction & { readonly books: Books };

/** An in-memory store. A rollback restores the last committed state. */
export class TallyStore implements UnitOfWork<BooksTransaction> {
  books: Books = { tallies: new Map(), seen: new Set(), parked: [], said: [] };
  /** How many of the next transactions fail because the store is away. */
  away = 0;
  /** How many of the next transactions fail at their last statement with an error that is not transient. */
  refusals = 0;
  commits = 0;

  async transaction<T>(work: (tx: BooksTransaction) => Promise<T>): Promise<T> {
    if (this.away > 0) {
      this.away--;
      throw new StoreAway('the store is away');
    }
    const books = copyOf(this.books);
    const committed: (() => void)[] = [];
    const rolledBack: (() => void)[] = [];
    try {
      const result = await work({
        books,
        onCommit: (effect) => void committed.push(effect),
        onRollback: (effect) => void rolledBack.push(effect),
      });
      this.books = books;
      this.commits++;
      for (const effect of committed) effect();
      return result;
    } catch (error) {
      for (const effect of rolledBack) effect();
      throw error;
    }
  }

  isTransient(error: unknown): boolean {
    return error instanceof StoreAway;
  }
}

export function tallyService(observer: StepConsumerObserver = {}) {
  const store = new TallyStore();
  const done: object[] = [];
  const clock = new FakeClock();
  const parts: BatchParts<BooksTransaction> = {
    service: 'ledger',
    store,
    clock,
    inbox: {
      admit: async ({ books }, deliveries) => {
        const fresh = new Set(deliveries.map(({ event }) => inboxIdOf(event)).filter((id) => !books.seen.has(id)));
        for (const id of fresh) books.seen.add(id);
        return { fresh, parkedKeys: new Set(books.parked.map(({ key }) => key)) };
      },
      park: ({ books }, { event }, { error, behind }) => {
        books.seen.add(inboxIdOf(event));
        books.parked.push({ key: event.key, id: event.id, behind, error });
      },
      forget: ({ books }, event) => void books.seen.delete(inboxIdOf(event)),
    },
    effects: new Map([
      [
        'tally_grown',
        {
          committed: (effect) => void done.push({ after: 'commit', ...effect }),
          rolledBack: (effect) => void done.push({ after: 'rollback', ...effect }),
        },
      ],
    ]),
    outbox: {
      append: ({ books }, events) => {
        if (store.refusals-- > 0) throw new Error('the outbox refuses');
        books.said.push(...events);
      },
    },
    aggregates: new Map([
      [
        'tally',
        {
          load: async ({ books }: BooksTransaction, keys: readonly ChargeKey[]) => {
            const loaded = new Map(
              keys.map(({ chargeId }) => [chargeId, books.tallies.get(chargeId) ?? { chargeId, total: 0 }]),
            );
            return {
              get: ({ chargeId }: ChargeKey) => loaded.get(chargeId)!,
              set: ({ chargeId }: ChargeKey, tally: Tally) => void loaded.set(chargeId, tally),
              contextOf: () => undefined,
            };
          },
          save: async ({ books }: BooksTransaction, changed: readonly { state: Tally }[]) => {
            for (const { state } of changed) books.tallies.set(state.chargeId, state);
            return changed.map(({ state }) => ({ kind: 'tally_grown', ...state }));
          },
        },
      ],
    ]),
  };
  const runner = new BatchRunner(parts);
  const consumer = new StepConsumer(runner, parts, new StepTable([onGrew]), { observer });
  return { store, clock, runner, consumer, done };
}

let offset = 0;

/** A delivery of `grew`. `id` makes two events of one tally differ. */
export function growth(
  chargeId: string,
  by: unknown,
  id = `${chargeId}.${String(by)}`,
  extra: { resent?: boolean } = {},
): Delivery {
  const event = {
    ...grew({ chargeId, by: by as number }),
    id,
    source: 'payments-api',
    time: 0,
    traceparent: `trace of ${id}`,
    ...extra,
  };
  return { event, origin: { topic: grew.topic, partition: 0, offset: String(offset++) } };
}
