import type { Entry, Evidence, SometimesId, Told } from '#checker';
import type { bankProtocol } from '#contracts';
import type { Server, Written } from '#memory-postgres';
import { BEGINNING } from '#simulation';
import type { Fault } from '../schedule/fault.js';

/** One request of a merchant's and how it ended; in milliseconds since the world began. */
export interface Exchange {
  readonly told: Told;
  readonly sentMs: number;
  readonly endedMs: number;
  /** Answered with what had been stored under its key. */
  readonly replayed: boolean;
}

interface Doubt {
  readonly operation: string;
  readonly atMs: number;
  readonly reason: string;
}

interface Struck {
  readonly fault: Fault;
  readonly atMs: number;
}

const LEASE_MS = 10_000;

/** Takes down, while a world unfolds, which of the hard states it comes to. */
export class Reached {
  readonly #times = new Map<SometimesId, number>();
  readonly #doubts: Doubt[] = [];
  readonly #struck: Struck[] = [];
  readonly #exchanges: Exchange[] = [];
  /** The instance that brought an event to Kafka, by the event. */
  readonly #publishers = new Map<string, string>();
  readonly #holders = new Map<string, string>();

  constructor(private readonly nowMs: () => number) {}

  logged(message: string, fields: Readonly<Record<string, unknown>>): void {
    if (message.startsWith('the breaker of ')) {
      if (fields['to'] === 'open') this.#add('breaker-opened');
      else this.#add(fields['to'] === 'half_open' ? 'breaker-half-opened' : 'breaker-closed');
    } else if (message.endsWith(' is in doubt')) {
      const { operation, reason } = fields as { operation: string; reason: string };
      this.#doubts.push({ operation, reason, atMs: this.nowMs() });
    }
  }

  struck(fault: Fault): void {
    this.#struck.push({ fault, atMs: this.nowMs() });
  }

  /** It lived through it: what it held has passed to others, whether or not an operation was among that. */
  thawed({ service, forMs }: Fault & { readonly kind: 'freeze' }): void {
    if (service === 'bank-gateway' && forMs > LEASE_MS) this.#add('worker-thawed');
  }

  exchanged(exchange: Exchange): void {
    this.#exchanges.push(exchange);
  }

  published(instance: string, eventIds: readonly string[]): void {
    for (const id of eventIds) this.#publishers.set(id, instance);
  }

  killed(instance: string, database: Server): void {
    const outbox = rowsOf(database, 'outbox').map(({ headers }) => (headers as { ce_id: string }).ce_id);
    this.#add('crash-before-delete', outbox.filter((id) => this.#publishers.get(id) === instance).length);
  }

  rebalanced(inHand: number): void {
    if (inHand > 0) this.#add('rebalance-mid-batch');
  }

  /** @param isFrozen whether an instance stands still right now */
  committed(database: string, rows: readonly Written[], isFrozen: (instance: string) => boolean): void {
    for (const row of rows) {
      if (row.table.schema.name !== 'lease' || row.committed === null) continue;
      const [name, owner] = row.committed as readonly [string, string];
      // A holder is `instance#random`, another one with each life of the instance.
      const [holder] = owner.split('#') as [string];
      const before = this.#holders.get(`${database} ${name}`);
      this.#holders.set(`${database} ${name}`, holder);
      if (before !== undefined && before !== holder && isFrozen(before)) this.#add('leader-replaced');
    }
  }

  /** Once all is at rest. */
  times(
    evidence: Evidence,
    journals: Iterable<readonly bankProtocol.JournalRecord[]>,
    duplicates: number,
    ledger: Server,
  ): ReadonlyMap<SometimesId, number> {
    this.#add('duplicate-dropped', duplicates);
    this.#countJournals([...journals].flat());
    this.#countDoubts(evidence.entries);
    this.#countMerchants(evidence);
    for (const { state, cause } of rowsOf(ledger, 'hold')) {
      if (state !== 'released') continue;
      if (cause === 'hold_refused') this.#add('hold-refused-compensated');
      if (cause === 'capture_failed') this.#add('capture-failed-compensated');
    }
    return this.#times;
  }

  #add(id: SometimesId, times = 1): void {
    this.#times.set(id, (this.#times.get(id) ?? 0) + times);
  }

  #countJournals(records: readonly bankProtocol.JournalRecord[]): void {
    const performed = new Set(records.flatMap((record) => (record.type === 'entry' ? [record.reference] : [])));
    for (const record of records) {
      if (record.type === 'refusal' && (record.code === 'validity_expired' || record.code === 'reversed'))
        this.#add('late-refused');
      if (record.type === 'fence' && record.reference.includes('.authorize.') && !performed.has(record.reference))
        this.#add('reversed-unseen');
    }
  }

  /** Whether the bank had performed it by the moment at which nobody knew; and whose fault it was. */
  #countDoubts(entries: readonly Entry[]): void {
    const performedAt = new Map<string, number>();
    for (const { reference, at } of entries)
      performedAt.set(reference, Math.min(at, performedAt.get(reference) ?? Infinity));
    for (const { operation, atMs, reason } of this.#doubts) {
      const happened = (performedAt.get(operation) ?? Infinity) <= BEGINNING + atMs;
      this.#add(happened ? 'doubt-had-happened' : 'doubt-had-not');
      if (reason !== 'taken_over') continue;
      // Noticed by whoever takes it over: once its lease has lapsed, or a while after.
      const causes = this.#struck.filter((struck) => atMs > struck.atMs && atMs < struck.atMs + 4 * LEASE_MS);
      if (causes.some(({ fault }) => fault.kind === 'kill' && fault.service === 'bank-gateway'))
        this.#add('crash-after-begun');
    }
  }

  #countMerchants({ charges }: Evidence): void {
    const states = new Map<string, string>(charges.map(({ id, state }) => [id, state]));
    const pending = this.#exchanges.filter(
      ({ told }) => told.asked === 'charge' && told.status === 200 && told.body?.includes('"status": "pending"'),
    );
    for (const id of new Set(pending.map(({ told }) => told.chargeId)))
      if (states.get(id ?? '') === 'succeeded') this.#add('pending-then-succeeded');
    for (const [chargeId, changes] of Map.groupBy(this.#exchanges, ({ told }) => told.chargeId)) {
      const of = (asked: Told['asked']): Exchange[] => changes.filter(({ told }) => told.asked === asked);
      const met = of('capture').some((capture) => of('refund').some((cancel) => overlap(capture, cancel)));
      if (!met) continue;
      if (states.get(chargeId ?? '') === 'succeeded') this.#add('capture-won');
      if (states.get(chargeId ?? '') === 'canceled') this.#add('cancel-won');
    }
    for (const told of Map.groupBy(this.#exchanges, ({ told: { key } }) => key).values()) {
      const lost = told.find((exchange) => exchange.told.status === undefined);
      if (lost && told.some(({ replayed, sentMs }) => replayed && sentMs > lost.sentMs))
        this.#add('dropped-answer-replayed');
    }
  }
}

const overlap = (a: Exchange, b: Exchange): boolean => a.sentMs < b.endedMs && b.sentMs < a.endedMs;

function rowsOf({ storage }: Server, name: string): Record<string, unknown>[] {
  const table = storage.tables.find(({ schema }) => schema.name === name)!;
  return [...table.rows].flatMap(({ committed }) =>
    committed ? [Object.fromEntries(table.schema.columns.map((column, place) => [column.name, committed[place]]))] : [],
  );
}
