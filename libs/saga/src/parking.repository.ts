import { statement, type PgTransaction, type Sql } from '#postgres';
import { storable } from './inbox.repository.js';
import type { Delivery, ParkedEvent, Parking } from './store.js';

const requestedStatement = statement(
  'parking_requested',
  `SELECT key FROM parked_key WHERE replay_requested_at IS NOT NULL AND key <> ALL ($2::text[])
   ORDER BY replay_requested_at LIMIT $1`,
);

const holdStatement = statement(
  'parking_hold',
  'SELECT replay_requested_at IS NOT NULL AS requested FROM parked_key WHERE key = $1 FOR UPDATE',
);

const firstStatement = statement(
  'parking_first',
  `SELECT position, event, origin, behind, error, attempts FROM parked_event
   WHERE key = $1 AND discarded_at IS NULL ORDER BY position LIMIT $2`,
);

/** Sets `seen_at` to now: retention counts from when the event took effect, or a late copy could count as new. */
const releaseStatement = statement(
  'parking_release',
  `WITH decided AS (
     DELETE FROM parked_event WHERE position = ANY($2::int8[]) RETURNING id, source
   ), seen AS (
     INSERT INTO inbox (id, source) SELECT id, source FROM decided
     ON CONFLICT (id, source) DO UPDATE SET seen_at = excluded.seen_at
   )
   DELETE FROM parked_key WHERE key = $1 AND NOT EXISTS (
     SELECT FROM parked_event
     WHERE parked_event.key = $1 AND discarded_at IS NULL AND position <> ALL($2::int8[])
   )
   RETURNING key`,
);

const failedStatement = statement(
  'parking_failed',
  `WITH failed AS (
     UPDATE parked_event SET error = $2, attempts = attempts + 1, failed_at = now(), behind = false
     WHERE position = $1 AND discarded_at IS NULL RETURNING key
   )
   UPDATE parked_key SET replay_requested_at = NULL FROM failed WHERE parked_key.key = failed.key
   RETURNING parked_key.key`,
);

export class PostgresParking implements Parking<PgTransaction> {
  constructor(private readonly database: Sql) {}

  async requested(limit: number, except: readonly string[]): Promise<string[]> {
    return (await this.database.query<{ key: string }>(requestedStatement, [limit, except])).map(({ key }) => key);
  }

  async hold(tx: PgTransaction, key: string): Promise<boolean> {
    const [row] = await tx.query<{ requested: boolean }>(holdStatement, [key]);
    return row?.requested ?? false;
  }

  async first(tx: PgTransaction, key: string, limit: number): Promise<ParkedEvent[]> {
    return tx.query<ParkedEvent & Delivery>(firstStatement, [key, limit]);
  }

  async release(tx: PgTransaction, key: string, events: readonly ParkedEvent[]): Promise<boolean> {
    const positions = events.map(({ position }) => position);
    return (await tx.query(releaseStatement, [key, positions])).length > 0;
  }

  async failedAgain(tx: PgTransaction, event: ParkedEvent, error: string): Promise<void> {
    await tx.query(failedStatement, [event.position, storable(error)]);
  }
}
