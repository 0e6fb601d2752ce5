import type { Instant } from '#clock';
import type { CloudEvent } from '#contracts';
import { statement, type PgTransaction, type Sql, type UnitOfWork } from '#postgres';
import { storable } from './inbox.repository.js';
import type { Delivery } from './store.js';

/** A key with parked events. */
export interface ParkedKey {
  readonly key: string;
  readonly parkedAt: Instant;
  readonly replayRequestedAt: Instant | null;
  /** How many events are parked under it. */
  readonly events: number;
  /** The first parked event, which the others wait for. */
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly error: string;
  readonly attempts: number;
}

export interface ParkedEventView {
  readonly position: number;
  readonly key: string;
  readonly event: CloudEvent;
  readonly origin: Delivery['origin'];
  readonly behind: boolean;
  readonly error: string;
  readonly attempts: number;
  readonly parkedAt: Instant;
  readonly failedAt: Instant | null;
  readonly discardedAt: Instant | null;
  readonly discardReason: string | null;
}

/** Selects keys for a replay. Always whole keys: replaying one event alone would break the order within its key. */
export type Selection =
  | { readonly by: 'all' }
  | { readonly by: 'key'; readonly key: string }
  /** A position, or an event's id. */
  | { readonly by: 'event'; readonly event: string }
  /** Keys whose first event's error contains this text, ignoring case. */
  | { readonly by: 'error'; readonly text: string };

const keysStatement = statement(
  'parked_keys',
  `SELECT parked_key.key, parked_key.parked_at AS "parkedAt", replay_requested_at AS "replayRequestedAt",
     (SELECT count(*) FROM parked_event WHERE key = parked_key.key AND discarded_at IS NULL) AS events,
     first.position, first.id, first.event ->> 'type' AS type, first.error, first.attempts
   FROM parked_key CROSS JOIN LATERAL (
     SELECT * FROM parked_event WHERE key = parked_key.key AND discarded_at IS NULL ORDER BY position LIMIT 1
   ) AS first
   ORDER BY parked_key.parked_at, parked_key.key LIMIT $1`,
);

const countStatement = statement('parked_key_count', 'SELECT count(*) AS keys FROM parked_key');

const eventColumns = `position, key, event, origin, behind, error, attempts, parked_at AS "parkedAt",
  failed_at AS "failedAt", discarded_at AS "discardedAt", discard_reason AS "discardReason"`;
const ofKeyStatement = statement(
  'parked_of_key',
  `SELECT ${eventColumns} FROM parked_event WHERE key = $1 AND discarded_at IS NULL ORDER BY position LIMIT $2`,
);
const findStatement = statement(
  'parked_find',
  `SELECT ${eventColumns} FROM parked_event WHERE id = $1 OR position::text = $1 ORDER BY position LIMIT 1`,
);

const requestStatement = statement(
  'parked_request',
  `WITH wanted AS (
     SELECT key FROM parked_key
     WHERE ($1::text IS NULL OR key = $1)
     AND ($2::text IS NULL OR EXISTS (
       SELECT FROM parked_event WHERE parked_event.key = parked_key.key AND discarded_at IS NULL
         AND (id = $2 OR position::text = $2)))
     AND ($3::text IS NULL OR position(lower($3) IN lower((
       SELECT error FROM parked_event WHERE parked_event.key = parked_key.key AND discarded_at IS NULL
       ORDER BY position LIMIT 1))) > 0)
     ORDER BY key FOR NO KEY UPDATE
   )
   UPDATE parked_key SET replay_requested_at = now() FROM wanted WHERE parked_key.key = wanted.key
   RETURNING parked_key.key`,
);

const holdStatement = statement('parked_hold', 'SELECT FROM parked_key WHERE key = $1 FOR UPDATE');
const discardStatement = statement(
  'parked_discard',
  `UPDATE parked_event SET discarded_at = now(), discard_reason = $2 WHERE position = $1 AND discarded_at IS NULL
   RETURNING position`,
);
const freeStatement = statement(
  'parked_free',
  `DELETE FROM parked_key WHERE key = $1 AND NOT EXISTS (
     SELECT FROM parked_event WHERE parked_event.key = $1 AND discarded_at IS NULL)`,
);

/** The operators' view of parked events: list, replay, discard. */
export class ParkedEvents {
  constructor(private readonly database: UnitOfWork<PgTransaction> & Sql) {}

  /** Oldest first. */
  keys(limit = 100): Promise<ParkedKey[]> {
    return this.database.query<ParkedKey>(keysStatement, [limit]);
  }

  async countOfKeys(): Promise<number> {
    const [row] = await this.database.query<{ keys: number }>(countStatement);
    return row!.keys;
  }

  /** In the order of a replay. */
  ofKey(key: string, limit = 100): Promise<ParkedEventView[]> {
    return this.database.query<ParkedEventView>(ofKeyStatement, [key, limit]);
  }

  /** Finds by position or id, discarded events included. */
  async find(event: string): Promise<ParkedEventView | undefined> {
    return (await this.database.query<ParkedEventView>(findStatement, [event]))[0];
  }

  /** The service replays them now, or when it runs again. @returns their keys */
  async requestReplay(selection: Selection): Promise<string[]> {
    const values = [
      selection.by === 'key' ? selection.key : null,
      selection.by === 'event' ? selection.event : null,
      selection.by === 'error' ? selection.text : null,
    ];
    return (await this.database.query<{ key: string }>(requestStatement, values)).map(({ key }) => key).sort();
  }

  /**
   * The event is never decided here, and redeliveries are dropped. Its row stays, with the reason. Events behind it
   * stay parked until a replay.
   *
   * @returns how many events are left parked under its key; undefined when there is no such event
   */
  async discard(event: string, reason: string): Promise<number | undefined> {
    const found = await this.find(event);
    if (!found || found.discardedAt !== null) return undefined;
    const { key, position } = found;
    return this.database.transaction(async (tx) => {
      await tx.query(holdStatement, [key]);
      // A replay may have processed it before we got the key's lock.
      if ((await tx.query(discardStatement, [position, storable(reason)])).length === 0) return undefined;
      await tx.query(freeStatement, [key]);
      return (await tx.query(ofKeyStatement, [key, 1_000_000])).length;
    });
  }
}
