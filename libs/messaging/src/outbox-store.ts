import type { Instant } from '#clock';
import type { CloudEvent } from '#contracts';

/** A committed event that waits to be published. */
export interface OutboxRow {
  /** Ascending within a key: it is drawn under the aggregate's row lock. */
  readonly id: number;
  readonly shard: number;
  readonly event: CloudEvent;
  readonly appendedAt: Instant;
}

/** A row handed over in memory, right after its commit. */
export interface HandedRow extends OutboxRow {
  /** The last row of this key that was in the table when this one was inserted; null without one. */
  readonly behind: number | null;
}

/** The interface from an outbox to the relay of its process. */
export interface HandOver {
  /** Hands over committed rows. */
  offer(rows: readonly HandedRow[]): void;
  /** A COMMIT got no answer: its rows may be in the table without having been offered. */
  sweepSoon(): void;
}

export interface OutboxRound {
  /** Ids to delete: these rows are durable on the bus. */
  readonly sent: readonly number[];
  /** How many rows to read, lowest ids first; 0 reads none. */
  readonly limit: number;
  readonly shards: readonly number[];
  /** Ids of rows not to read again. */
  readonly known: readonly number[];
}

/** The relay's access to the outbox table. Calls reject while the database is away. */
export interface OutboxStore {
  /** Deletes and reads in one round trip. A crash of Postgres may undo a deletion; the row is then published again. */
  exchange(request: OutboxRound): Promise<OutboxRow[]>;
  /** Wakes the relays of all processes. */
  notify(): Promise<void>;
  /** Calls back on every `notify` of any process, and after a reconnect, when one may have been lost. */
  listen(onNotify: () => void): Promise<{ close(): Promise<void> }>;
}
