import { fullJitterMs, type Clock, type Timer } from '#clock';
import type { Lease, LeaseHandlers } from '#leases';
import { SingleFlight } from '#single-flight';
import type { Bus } from './bus.js';
import { encode, lengthOf, MAX_RECORD_LENGTH } from './cloud-event-wire.js';
import type { HandedRow, HandOver, OutboxRow, OutboxStore } from './outbox-store.js';
import { OUTBOX_SHARDS } from './shard.js';

export interface OutboxRelayObserver {
  onPublished?(report: { rows: readonly OutboxRow[]; durationMs: number }): void;
  /** A send failed. It is retried without limit. */
  onPublishFailed?(report: { error: unknown; count: number; attempt: number; delayMs: number }): void;
  /** A sweep found rows that were not handed over. */
  onSwept?(report: { count: number }): void;
  /** Reading the table or deleting published rows failed. It is retried without limit. */
  onStoreFailed?(report: { error: unknown; attempt: number; delayMs: number }): void;
}

/** The part of `Leases` (`#leases`) that the relay uses. */
export interface ShardLeases {
  contendShards(prefix: string, count: number, handlers: (shard: number) => LeaseHandlers): { close(): Promise<void> };
}

export interface OutboxRelayOptions {
  readonly bus: Pick<Bus, 'publish'>;
  readonly store: OutboxStore;
  readonly leases: ShardLeases;
  readonly clock: Clock;
  readonly observer?: OutboxRelayObserver;
  /** Events per send. Default 1000. */
  readonly maxBatch?: number;
  /** Rows in memory. Further rows stay in the table until there is room. Default 10,000. */
  readonly maxWaiting?: number;
  /** The interval of sweeps for rows that were not handed over. Default 1 s. */
  readonly sweepEveryMs?: number;
}

const RETRY = { baseMs: 100, capMs: 2_000 };
/** Shorter than RETRY: it delays events after a broker outage, and an attempt itself takes long. */
const PUBLISH_RETRY = { baseMs: 100, capMs: 500 };
const MAX_SWEPT = 1_000;
/** Deletes are batched: one per send would cost as much as the commit. After a crash the rows are published again. */
const DELETE_EVERY_MS = 50;
const DELETE_AT_ONCE = 1_000;
const MAX_REMEMBERED = 4_096;

/**
 * Publishes outbox rows at least once, in order per key. Commits hand rows over in memory; a sweep of the table finds the
 * others. One send and one table exchange may be in flight beside each other, so that a send never waits for a delete.
 */
export class OutboxRelay implements HandOver {
  readonly #owned = new Map<number, Lease>();
  /** Ids in memory or sent, and not yet deleted. */
  readonly #known = new Set<number>();
  /** The last deleted ids: a concurrently committed row may still name one as `behind`. */
  readonly #deleted = new Set<number>();
  #waiting: OutboxRow[] = [];
  #inFlight: readonly OutboxRow[] = [];
  #sent: number[] = [];
  #publishing: Promise<void> = Promise.resolve();
  readonly #sends = new SingleFlight(() => this.#sendBatch());
  readonly #exchanges = new SingleFlight(() => this.#exchange());
  /** One empty NOTIFY at a time, outside every transaction. The owner's next sweep makes up for a lost one. */
  readonly #notifications = new SingleFlight(() => this.options.store.notify().catch(() => undefined));
  #publishFailures = 0;
  #exchangeFailures = 0;
  #sweepDue = false;
  #deleteDue = false;
  #deleteTimer: Timer | undefined;
  #timer: Timer | undefined;
  #shards: { close(): Promise<void> } | undefined;
  #listening: { close(): Promise<void> } | undefined;
  readonly #stopping = new AbortController();
  readonly #maxBatch: number;
  readonly #maxWaiting: number;

  constructor(private readonly options: OutboxRelayOptions) {
    this.#maxBatch = options.maxBatch ?? 1_000;
    this.#maxWaiting = options.maxWaiting ?? 10_000;
  }

  /** Resolves once it listens and contends for leases. Each lease brings its shard. */
  async start(): Promise<void> {
    const { leases, store } = this.options;
    this.#listening = await store.listen(() => this.sweepSoon());
    this.#shards = leases.contendShards('outbox', OUTBOX_SHARDS, (shard) => ({
      onAcquired: (lease) => {
        this.#owned.set(shard, lease);
        this.sweepSoon();
      },
      onLost: () => this.#lose(shard),
    }));
    this.#sweepAgain();
  }

  /** Publishes the rows in memory unless Kafka is away, and releases the shards. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the relay is stopping'));
    this.#timer?.cancel();
    await this.#sends.idle();
    this.#deleteNow();
    await this.#exchanges.idle();
    await this.#shards?.close();
    await this.#notifications.idle();
    await this.#listening?.close();
  }

  /** Rows in memory that are not yet published. */
  get pending(): number {
    return this.#waiting.length + this.#inFlight.length;
  }

  /** The age of the oldest unpublished row of this process's shards, in milliseconds; 0 without one. */
  oldestPendingMs(): number {
    const oldest = this.#inFlight[0] ?? this.#waiting[0];
    return oldest ? Math.max(0, this.options.clock.now() - oldest.appendedAt) : 0;
  }

  offer(rows: readonly HandedRow[]): void {
    let isForOthers = false;
    for (const row of rows) {
      if (!this.#owned.has(row.shard)) {
        isForOthers = true;
      } else if (this.#known.has(row.id)) {
        // A sweep has read it already.
      } else if (this.#waiting.length >= this.#maxWaiting || !this.#mayFollow(row.behind)) {
        // No room, or an earlier event of its key is not in memory: a sweep reads both, in order.
        this.#sweepDue = true;
      } else {
        this.#accept(row);
      }
    }
    this.#send();
    if (this.#sweepDue) this.#exchangeSoon();
    if (isForOthers) void this.#notifications.ask();
  }

  sweepSoon(): void {
    this.#sweepDue = true;
    this.#exchangeSoon();
  }

  #mayFollow(earlier: number | null): boolean {
    return earlier === null || this.#known.has(earlier) || this.#deleted.has(earlier);
  }

  #accept(row: OutboxRow): void {
    this.#known.add(row.id);
    this.#waiting.push(row);
  }

  /** Sends at once when idle. Rows that come while a send is in flight share the next one. */
  #send(): void {
    if (this.#waiting.length > 0) void this.#sends.ask();
  }

  async #sendBatch(): Promise<void> {
    const { bus, clock, observer } = this.options;
    // Include rows committed in this turn of the event loop.
    await Promise.resolve();
    const batch = this.#takeBatch();
    if (batch.length === 0) return;
    this.#inFlight = batch;
    const startedMs = clock.monotonicMs();
    try {
      await (this.#publishing = bus.publish(batch.map(({ event }) => event)));
    } catch (error) {
      this.#inFlight = [];
      this.#putBack(batch);
      const attempt = ++this.#publishFailures;
      const delayMs = fullJitterMs(attempt, PUBLISH_RETRY, () => clock.random());
      observer?.onPublishFailed?.({ error, count: batch.length, attempt, delayMs });
      if (await this.#rest(delayMs)) this.#send();
      return;
    }
    this.#inFlight = [];
    this.#publishFailures = 0;
    for (const { id } of batch) this.#sent.push(id);
    observer?.onPublished?.({ rows: batch, durationMs: clock.monotonicMs() - startedMs });
    if (this.#sent.length >= DELETE_AT_ONCE) this.#deleteNow();
    else this.#deleteTimer ??= clock.after(DELETE_EVERY_MS, () => this.#deleteNow());
    // There is room again for rows that an earlier sweep had to leave.
    if (this.#sweepDue) this.#exchangeSoon();
    this.#send();
  }

  /** The oldest rows of shards whose lease is trusted now. Other rows wait until theirs is renewed or lost. */
  #takeBatch(): OutboxRow[] {
    if (this.#waiting.length === 0) return [];
    const trusted = new Set([...this.#owned].filter(([, lease]) => lease.isTrusted()).map(([shard]) => shard));
    const batch: OutboxRow[] = [];
    const held: OutboxRow[] = [];
    let length = 0;
    let looked = 0;
    for (const row of this.#waiting) {
      if (trusted.has(row.shard)) {
        length += lengthOf(encode(row.event));
        if (batch.length === this.#maxBatch || (length > MAX_RECORD_LENGTH && batch.length > 0)) break;
        batch.push(row);
      } else {
        held.push(row);
      }
      looked++;
    }
    this.#waiting.splice(0, looked, ...held);
    return batch;
  }

  #putBack(batch: readonly OutboxRow[]): void {
    this.#waiting.unshift(...batch);
    this.#dropUnowned();
  }

  #dropUnowned(): void {
    this.#waiting = this.#waiting.filter(({ id, shard }) => this.#owned.has(shard) || !this.#known.delete(id));
  }

  /** The lease is released when this resolves, so the next owner begins after our last send. */
  async #lose(shard: number): Promise<void> {
    this.#owned.delete(shard);
    this.#dropUnowned();
    if (this.#inFlight.some((row) => row.shard === shard)) await this.#publishing.catch(() => undefined);
  }

  #deleteNow(): void {
    this.#deleteTimer?.cancel();
    this.#deleteTimer = undefined;
    this.#deleteDue = true;
    this.#exchangeSoon();
  }

  #exchangeSoon(): void {
    void this.#exchanges.ask();
  }

  /** When a delete or a sweep is due, deletes sent rows and reads waiting ones in one round trip. */
  async #exchange(): Promise<void> {
    const { clock, observer, store } = this.options;
    await Promise.resolve();
    const sweeps = this.#sweepDue && this.#owned.size > 0 && !this.#stopping.signal.aborted;
    const limit = sweeps ? Math.min(MAX_SWEPT, Math.max(0, this.#maxWaiting - this.#waiting.length)) : 0;
    const deletes = this.#deleteDue && this.#sent.length > 0;
    this.#deleteDue = false;
    if (!deletes && limit === 0) return;
    const sent = this.#sent;
    this.#sent = [];
    if (limit > 0) this.#sweepDue = false;
    try {
      const known = limit > 0 ? [...this.#known] : [];
      const rows = await store.exchange({ sent, limit, known, shards: [...this.#owned.keys()] });
      this.#forget(sent);
      this.#takeSwept(rows, limit);
      this.#exchangeFailures = 0;
    } catch (error) {
      this.#sent = [...sent, ...this.#sent];
      this.#deleteDue = true;
      if (limit > 0) this.#sweepDue = true;
      const attempt = ++this.#exchangeFailures;
      const delayMs = fullJitterMs(attempt, RETRY, () => clock.random());
      observer?.onStoreFailed?.({ error, attempt, delayMs });
      if (!(await this.#rest(delayMs))) return;
    }
    if (this.#deleteDue || this.#sweepDue) this.#exchangeSoon();
  }

  #forget(ids: readonly number[]): void {
    for (const id of ids) {
      this.#known.delete(id);
      this.#deleted.add(id);
    }
    for (const id of this.#deleted) {
      if (this.#deleted.size <= MAX_REMEMBERED) break;
      this.#deleted.delete(id);
    }
  }

  #takeSwept(rows: readonly OutboxRow[], limit: number): void {
    const fresh = rows.filter(({ id, shard }) => this.#owned.has(shard) && !this.#known.has(id));
    for (const row of fresh) this.#accept(row);
    if (fresh.length > 0) this.options.observer?.onSwept?.({ count: fresh.length });
    if (limit > 0 && rows.length === limit) this.#sweepDue = true;
    this.#send();
  }

  #sweepAgain(): void {
    this.#timer = this.options.clock.after(this.options.sweepEveryMs ?? 1_000, () => {
      this.sweepSoon();
      this.#send();
      this.#sweepAgain();
    });
  }

  /** @returns false when the relay stops meanwhile */
  async #rest(delayMs: number): Promise<boolean> {
    if (this.#stopping.signal.aborted) return false;
    return this.options.clock.sleep(delayMs, this.#stopping.signal).then(
      () => true,
      () => false,
    );
  }
}
