import { defineEvent, type CloudEvent } from '#contracts';
import type { Transaction, UnitOfWork } from '#postgres';
import { FakeClock } from '#testing';
import { z } from 'zod';
import { BatchRunner, type BatchParts } from '../batch.js';
import { become, stepsOn, tooSoon, unchanged, type AggregateType } from '../step.js';
import { StepConsumer, type StepConsumerObserver } from '../step-consumer.js';
import { StepTable } from '../step-table.js';
import { inboxIdOf, type Delivery } from '../store.js';

/** A tiny saga over the ports, for this library's own tests: a tally that grows and says its total. */
export const grew = defineEvent({
  producer: 'payments',
  name: 'grew',
  version: 1,
  meaning: 'A tally shall grow.',
  schema: z.strictObject({ chargeId: z.string(), by: z.int() }),
});
export const totalled = defineEvent({
  producer: 'ledger',
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
  restate: ({ chargeId, total }) => (total === 0 ? [] : [totalled({ chargeId, total })]),
};

export const onGrew = stepsOn(tallies)({
  on: grew,
  idOf: ({ chargeId }) => chargeId,
  decide(tally, { by }) {
    if (by === 13) throw new Error('thirteen is a bug');
    if (by === 0) return unchanged(tally);
    if (by < 0 && tally.total === 0) return tooSoon(tally);
    const grown = { ...tally, total: tally.total + by };
    return become(grown, totalled({ chargeId: grown.chargeId, total: grown.total }));
  },
});

interface Books {
  tallies: Map<string, Tally>;
  seen: Set<string>;
  parked: { key: string; id: string; behind: boolean; error: string }[];
  said: CloudEvent[];
}

const copyOf = (books: Books): Books => structuredClone(books);

export class StoreAway extends Error {}

type BooksTransaction = Transaction & { readonly books: Books };

/** Atomic like the real one: what a rolled-back transaction did was never there. */
export class TallyStore implements UnitOfWork<BooksTransaction> {
  books: Books = { tallies: new Map(), seen: new Set(), parked: [], said: [] };
  /** How many transactions will still fail because the store is away. */
  away = 0;
  commits = 0;

  async transaction<T>(work: (tx: BooksTransaction) => Promise<T>): Promise<T> {
    if (this.away > 0) {
      this.away--;
      throw new StoreAway('the store is away');
    }
    const books = copyOf(this.books);
    const result = await work({ books, onCommit: (effect) => effect(), onRollback: () => undefined });
    this.books = books;
    this.commits++;
    return result;
  }

  isTransient(error: unknown): boolean {
    return error instanceof StoreAway;
  }
}

export function tallyService(observer: StepConsumerObserver = {}) {
  const store = new TallyStore();
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
      park: async ({ books }, { event }, { error, behind }) => {
        books.seen.add(inboxIdOf(event));
        books.parked.push({ key: event.key, id: event.id, behind, error });
      },
      forget: async ({ books }, event) => void books.seen.delete(inboxIdOf(event)),
    },
    outbox: { append: async ({ books }, events) => void books.said.push(...events) },
    aggregates: new Map([
      [
        'tally',
        {
          load: async ({ books }: BooksTransaction, ids: readonly string[]) => {
            const loaded = new Map(ids.map((id) => [id, books.tallies.get(id) ?? { chargeId: id, total: 0 }]));
            return {
              get: (id: string) => loaded.get(id)!,
              set: (id: string, tally: Tally) => void loaded.set(id, tally),
            };
          },
          save: async ({ books }: BooksTransaction, changed: readonly { id: string; state: Tally }[]) => {
            for (const { id, state } of changed) books.tallies.set(id, state);
          },
        },
      ],
    ]),
  };
  const runner = new BatchRunner(parts);
  const consumer = new StepConsumer(runner, parts, new StepTable([onGrew]), { observer });
  return { store, clock, runner, consumer };
}

let offset = 0;

/** A growth as the bus delivers it; `id` makes two of one tally differ. */
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
  return { event, origin: { topic: 'payments.events', partition: 0, offset: String(offset++) } };
}
