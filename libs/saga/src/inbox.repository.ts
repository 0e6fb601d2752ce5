import { statement, type PgTransaction } from '#postgres';
import { inboxIdOf, type Admission, type Delivery, type Inbox } from './store.js';

/** For each service's first migration: a database belongs to one consumer, so no column names it. */
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

export const admitStatement = statement(
  'inbox_admit',
  `WITH fresh AS (
     INSERT INTO inbox (id, source) SELECT * FROM unnest($1::text[], $2::text[])
     ON CONFLICT DO NOTHING
     RETURNING id, source
   )
   SELECT id, source, NULL AS key FROM fresh
   UNION ALL
   SELECT NULL, NULL, wanted.key FROM unnest($3::text[]) AS wanted(key)
   WHERE EXISTS (SELECT FROM parked_event WHERE parked_event.key = wanted.key)`,
);

const parkStatement = statement(
  'inbox_park',
  `WITH seen AS (INSERT INTO inbox (id, source) VALUES ($1, $2) ON CONFLICT DO NOTHING)
   INSERT INTO parked_event (id, source, key, event, origin, behind, error) VALUES ($1, $2, $3, $4, $5, $6, $7)
   ON CONFLICT DO NOTHING`,
);

export class PostgresInbox implements Inbox<PgTransaction> {
  async admit(tx: PgTransaction, deliveries: readonly Delivery[]): Promise<Admission> {
    // Two consumers that share ids after a rebalance take the rows in one order, so neither waits in a circle.
    const events = deliveries.map(({ event }) => event).sort((a, b) => (inboxIdOf(a) < inboxIdOf(b) ? -1 : 1));
    const rows = await tx.query<{ id: string | null; source: string | null; key: string | null }>(admitStatement, [
      events.map((event) => event.id),
      events.map((event) => event.source),
      [...new Set(events.map((event) => event.key))],
    ]);
    const fresh = new Set<string>();
    const parkedKeys = new Set<string>();
    for (const { id, source, key } of rows) {
      if (key !== null) parkedKeys.add(key);
      else if (id !== null && source !== null) fresh.add(inboxIdOf({ id, source }));
    }
    return { fresh, parkedKeys };
  }

  async park(tx: PgTransaction, delivery: Delivery, why: { error: string; behind: boolean }): Promise<void> {
    const { event, origin } = delivery;
    await tx.query(parkStatement, [
      event.id,
      event.source,
      event.key,
      JSON.stringify(event),
      JSON.stringify(origin),
      why.behind,
      why.error,
    ]);
  }
}
