import type { Clock } from '#clock';
import type { CloudEvent } from '#contracts';
import { statement, type PgTransaction, type Sql } from '#postgres';
import type { Outbox } from '#saga';
import { encode, lengthOf, MAX_RECORD_LENGTH, revive, type WireRecord } from './cloud-event-wire.js';
import type { OutboxRound, HandedRow, HandOver, OutboxRow, OutboxStore } from './outbox-store.js';
import { shardOf } from './shard.js';

/**
 * For each service's first migration. A row is a record as it will travel. It lives for milliseconds, so
 * the table is all churn: vacuumed by count, not by share.
 */
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

/** `behind` is read from the snapshot before the insert: rows of this key that are not published, or not yet deleted. */
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

/** The SELECT still sees what the DELETE beside it deletes: `known` has to name those rows too. */
export const exchangeStatement = statement(
  'outbox_exchange',
  `WITH sent AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]))
   SELECT id, shard, topic, key, headers, value, appended_at FROM outbox
   WHERE shard = ANY($2::smallint[]) AND id <> ALL($3::bigint[])
   ORDER BY id LIMIT $4::int`,
);

const notifyStatement = statement('outbox_notify', 'NOTIFY outbox');

/** Appends in the transaction of the state that the events tell of, and hands them over once it is committed. */
export class PostgresOutbox implements Outbox<PgTransaction> {
  constructor(
    private readonly relay: HandOver,
    private readonly clock: Clock,
  ) {}

  /**
   * Does not wait for the insert, which thus shares a round trip with COMMIT. Should it fail, the
   * transaction rejects with its error. Rejects with EventTooLargeError. A dead letter that is too large goes
   * without its data, which stays with the parked event.
   */
  append(tx: PgTransaction, appended: readonly CloudEvent[]): Promise<void> {
    const events = appended.map((event) =>
      event.deadLetter && lengthOf(encode(event)) > MAX_RECORD_LENGTH ? { ...event, data: undefined } : event,
    );
    const records = events.map((event) => ({ shard: shardOf(event.key), ...encode(event) }));
    for (const [index, record] of records.entries()) {
      if (lengthOf(record) > MAX_RECORD_LENGTH) return Promise.reject(new EventTooLargeError(events[index]!));
    }
    const inserted = tx.query<{ id: number; behind: number | null }>(appendStatement, [JSON.stringify(records)]);
    inserted.catch(() => undefined);
    tx.onCommit(() => {
      const appendedAt = this.clock.now();
      void inserted.then((rows) =>
        this.relay.offer(
          rows.map(({ id, behind }, index): HandedRow => {
            return { id, behind, shard: records[index]!.shard, event: events[index]!, appendedAt };
          }),
        ),
      );
    });
    tx.onRollback(() => this.relay.sweepSoon());
    return Promise.resolve();
  }
}

/** Refused before it is committed: Kafka would never take it, and everything behind it would wait. */
export class EventTooLargeError extends Error {
  readonly code = 'event_too_large';
  override readonly name = 'EventTooLargeError';
  constructor(event: CloudEvent) {
    super(`${event.type} ${event.id} is larger than ${MAX_RECORD_LENGTH} characters`);
  }
}

/** `Database` of `#postgres`, as far as the relay needs it; open it with `synchronousCommit: false`. */
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
