import type { Clock } from '#clock';
import type { CloudEvent } from '#contracts';
import { statement, type PgTransaction, type Sql } from '#postgres';
import type { Outbox } from '#saga';
import { encode, lengthOf, MAX_RECORD_LENGTH, revive, type WireRecord } from './cloud-event-wire.js';
import type { OutboxRound, HandedRow, HandOver, OutboxRow, OutboxStore } from './outbox-store.js';
import { shardOf } from './shard.js';

/** In each service's first migration. Rows live for milliseconds, so autovacuum goes by row count, not by share. */
export const outboxTableSql = `
  CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shard smallint NOT NULL,
    topic text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    headers json NOT NULL,
    value text NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT clock_timestamp()
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
  CREATE INDEX outbox_key ON outbox (key, id);
`;

/** `behind` comes from the snapshot before the insert: the last row of this key that is not deleted yet. */
export const appendStatement = statement(
  'outbox_append',
  `WITH appended AS (
     INSERT INTO outbox (shard, topic, key, headers, value)
     SELECT shard, topic, key, headers, value
     FROM ROWS FROM (
       json_to_recordset($1::json) AS (shard smallint, topic text, key text, headers json, value text)
     ) WITH ORDINALITY AS record(shard, topic, key, headers, value, position)
     ORDER BY position
     RETURNING id, key
   )
   SELECT id, (SELECT max(earlier.id) FROM outbox AS earlier WHERE earlier.key = appended.key) AS behind
   FROM appended ORDER BY id`,
);

/** A statement has one snapshot: the SELECT still sees rows that the DELETE deletes, so `known` must name them. */
export const exchangeStatement = statement(
  'outbox_exchange',
  `WITH sent AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]))
   SELECT id, shard, topic, key, headers, value, appended_at FROM outbox
   WHERE shard = ANY($2::smallint[]) AND id <> ALL($3::bigint[])
   ORDER BY id LIMIT $4::int`,
);

interface InsertedRow {
  readonly id: number;
  readonly behind: number | null;
}

const notifyStatement = statement('outbox_notify', 'NOTIFY outbox');

/** Appends events in the transaction of their state, and hands them to the relay after the commit. */
export class PostgresOutbox implements Outbox<PgTransaction> {
  constructor(
    private readonly relay: HandOver,
    private readonly clock: Clock,
  ) {}

  /**
   * Enqueues the insert, so that it shares a round trip with COMMIT. A dead letter that is too large is sent without its
   * data, which the parked event keeps.
   *
   * @throws EventTooLargeError
   */
  append(tx: PgTransaction, appended: readonly CloudEvent[]): void {
    const events = appended.map((event) =>
      event.deadLetter && lengthOf(encode(event)) > MAX_RECORD_LENGTH ? { ...event, data: undefined } : event,
    );
    const records = events.map((event) => ({ shard: shardOf(event.key), ...encode(event) }));
    for (const [index, record] of records.entries()) {
      if (lengthOf(record) > MAX_RECORD_LENGTH) throw new EventTooLargeError(events[index]!);
    }
    tx.enqueue<InsertedRow>(appendStatement, [JSON.stringify(records)], (rows) => {
      tx.onCommit(() => {
        const appendedAt = this.clock.now();
        this.relay.offer(
          rows.map(({ id, behind }, index): HandedRow => {
            return { id, behind, shard: records[index]!.shard, event: events[index]!, appendedAt };
          }),
        );
      });
    });
    tx.onRollback(() => this.relay.sweepSoon());
  }
}

/** Thrown before the commit: Kafka would never accept the record, and later ones of its shard would wait. */
export class EventTooLargeError extends Error {
  readonly code = 'event_too_large';
  override readonly name = 'EventTooLargeError';
  constructor(event: CloudEvent) {
    super(`${event.type} ${event.id} is larger than ${MAX_RECORD_LENGTH} characters`);
  }
}

/** The part of `Database` (`#postgres`) that the relay uses. Open it with `synchronousCommit: false`. */
export interface OutboxDatabase extends Sql {
  listen(channel: string, onNotify: () => void): Promise<{ close(): Promise<void> }>;
}

interface Row extends WireRecord {
  readonly id: number;
  readonly shard: number;
  readonly appended_at: number;
}

export class PostgresOutboxStore implements OutboxStore {
  constructor(private readonly database: OutboxDatabase) {}

  async exchange({ sent, limit, shards, known }: OutboxRound): Promise<OutboxRow[]> {
    const rows = await this.database.query<Row>(exchangeStatement, [sent, shards, known, limit]);
    return rows.map(({ id, shard, appended_at: appendedAt, ...record }) => ({
      id,
      shard,
      event: revive(record),
      appendedAt,
    }));
  }

  async notify(): Promise<void> {
    await this.database.query(notifyStatement);
  }

  listen(onNotify: () => void): Promise<{ close(): Promise<void> }> {
    return this.database.listen('outbox', onNotify);
  }
}
