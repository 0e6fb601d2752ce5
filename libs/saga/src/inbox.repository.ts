import type { CloudEvent } from '#contracts';
import { statement, type PgTransaction } from '#postgres';
import { redact } from '#telemetry';
import { inboxIdOf, type InboxAdmission, type Delivery, type Inbox, type WhyParked } from './store.js';

/** In each service's first migration, so it never changes. `parkingTablesSql` migrates on from here. */
export const inboxTablesSql = `
  CREATE TABLE inbox (
    id text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, source)
  );
  CREATE TABLE parked_event (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    event jsonb NOT NULL,
    origin jsonb NOT NULL,
    behind boolean NOT NULL,
    error text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (id, source)
  );
  CREATE INDEX parked_event_key ON parked_event (key, position);
`;

/**
 * `parked_key`, one row per key with a parked event, is the row lock between deliveries and replays of that key.
 * `event` is json: jsonb rejects null characters and lone surrogates, which a poison event may contain.
 */
export const parkingTablesSql = `
  CREATE TABLE parked_key (
    key text COLLATE "C" PRIMARY KEY,
    parked_at timestamptz NOT NULL DEFAULT now(),
    replay_requested_at timestamptz
  );
  CREATE INDEX parked_key_to_replay ON parked_key (replay_requested_at) WHERE replay_requested_at IS NOT NULL;
  INSERT INTO parked_key (key, parked_at) SELECT key, min(parked_at) FROM parked_event GROUP BY key;
  ALTER TABLE parked_event
    ALTER COLUMN event TYPE json USING event::text::json,
    ADD COLUMN attempts int4 NOT NULL DEFAULT 0,
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN discarded_at timestamptz,
    ADD COLUMN discard_reason text,
    ADD CHECK ((discarded_at IS NULL) = (discard_reason IS NULL));
  UPDATE parked_event SET attempts = 1, failed_at = parked_at WHERE NOT behind;
  DROP INDEX parked_event_key;
  CREATE INDEX parked_event_waiting ON parked_event (key, position) WHERE discarded_at IS NULL;
`;

export const admitStatement = statement(
  'inbox_admit',
  `INSERT INTO inbox (id, source) SELECT * FROM unnest($1::text[], $2::text[])
   ON CONFLICT DO NOTHING
   RETURNING id, source`,
);

/**
 * A second statement, since the one above may have waited for a consumer that parked the key: only a new snapshot
 * shows that row. The share lock excludes a replay of the key.
 */
export const parkedKeysStatement = statement(
  'inbox_parked_keys',
  'SELECT key FROM parked_key WHERE key = ANY($1::text[]) ORDER BY key FOR KEY SHARE',
);

/** `ON CONFLICT DO UPDATE` locks an existing key's row; with `DO NOTHING` a replay could delete it before our commit. */
const parkStatement = statement(
  'inbox_park',
  `WITH held AS (
     INSERT INTO parked_key (key) SELECT $3 WHERE NOT $6
     ON CONFLICT (key) DO UPDATE SET parked_at = parked_key.parked_at
   )
   INSERT INTO parked_event (id, source, key, event, origin, behind, error, attempts, failed_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $6 THEN NULL ELSE now() END)
   ON CONFLICT DO NOTHING`,
);

const forgetStatement = statement('inbox_disown', 'DELETE FROM inbox WHERE id = $1 AND source = $2');

export class PostgresInbox implements Inbox<PgTransaction> {
  async admit(tx: PgTransaction, deliveries: readonly Delivery[]): Promise<InboxAdmission> {
    // Sorted: after a rebalance two consumers may insert the same ids, and would deadlock in different orders.
    const events = deliveries.map(({ event }) => event).sort((a, b) => (inboxIdOf(a) < inboxIdOf(b) ? -1 : 1));
    const [fresh, parked] = await Promise.all([
      tx.query<{ id: string; source: string }>(admitStatement, [
        events.map((event) => event.id),
        events.map((event) => event.source),
      ]),
      tx.query<{ key: string }>(parkedKeysStatement, [[...new Set(events.map((event) => event.key))]]),
    ]);
    return { fresh: new Set(fresh.map(inboxIdOf)), parkedKeys: new Set(parked.map(({ key }) => key)) };
  }

  park(tx: PgTransaction, delivery: Delivery, why: WhyParked): void {
    const { event, origin } = delivery;
    tx.enqueue(parkStatement, [
      event.id,
      event.source,
      event.key,
      JSON.stringify(event),
      JSON.stringify(origin),
      why.behind,
      storable(why.error),
      why.attempts,
    ]);
  }

  forget(tx: PgTransaction, { id, source }: Pick<CloudEvent, 'source' | 'id'>): void {
    tx.enqueue(forgetStatement, [id, source]);
  }
}

/** Redacts card numbers and escapes null characters, which Postgres rejects in text. */
export const storable = (text: string): string => redact(text).replaceAll('\0', '\\0');
