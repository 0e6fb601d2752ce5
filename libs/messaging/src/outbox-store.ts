import type { Instant } from '#clock';
import type { CloudEvent } from '#contracts';

/** A committed event that waits to be published. */
export interface OutboxRow {
  /** Rises along every key: taken under the lock of the event's aggregate. */
  readonly id: number;
  readonly shard: number;
  readonly event: CloudEvent;
  readonly appendedAt: Instant;
}

/** A row handed over in memory, right after its commit. */
export interface HandedRow extends OutboxRow {
  /** The id of the last row of this key that had not been deleted when this one was written; null if there was none. */
  readonly behind: number | null;
}

/** What an outbox tells the relay of its process. */
export interface HandOver {
  /** Rows that are committed. */
  offer(rows: readonly HandedRow[]): void;
  /** Rows may have been committed that nobody offers: the outcome of a transaction is not known. */
  sweepSoon(): void;
}

export interface OutboxRound {
  /** Rows that are durable on the bus: to delete. */
  readonly sent: readonly number[];
  /** At most this many rows to read, those with the lowest ids; 0 reads none. */
  readonly limit: number;
  readonly shards: readonly number[];
  /** Rows not to read again. */
  readonly known: readonly number[];
}

/** The relay's own view of the outbox table. Its calls reject while the store is out of reach. */
export interface OutboxStore {
  /** Deletes and reads in one round trip. A deletion may be lost in a crash of the store, and was then a duplicate. */
  exchange(request: OutboxRound): Promise<OutboxRow[]>;
  /** Tells the relays of all processes that rows wait. */
  notify(): Promise<void>;
  /** Calls back on every `notify` of any process, and when one may have been missed. */
  listen(onNotify: () => void): Promise<{ close(): Promise<void> }>;
}
