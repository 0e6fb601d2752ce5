import type { Clock, Instant } from '#clock';
import type { Database } from '#postgres';
import type { Job } from '#service';
import { firstIdAt } from '#snowflake';
import { pruneDeliveriesStatement, pruneEventsStatement } from './stripe-event.repository.js';

/** Stripe shows events of the last 30 days. */
export const EVENTS_KEPT_MS = 30 * 24 * 60 * 60 * 1_000;
const PRUNE_EVERY_MS = 60_000;
const BATCH = 1_000;

/** Deletes events after 30 days of real time, with their deliveries. */
export function eventRetention(database: Database, clock: Clock): Job {
  return {
    name: 'event-retention',
    everyMs: PRUNE_EVERY_MS,
    run: async () => {
      // In small batches, so that transactions stay short.
      while ((await pruneEvents(database, clock.now() - EVENTS_KEPT_MS, BATCH)) === BATCH);
    },
  };
}

/** @returns the number of deleted events */
export function pruneEvents(database: Database, before: Instant, limit: number): Promise<number> {
  return database.transaction(async (tx) => {
    const gone = await tx.query<{ id: string }>(pruneEventsStatement, [firstIdAt('evt', before), limit]);
    if (gone.length > 0) tx.enqueue(pruneDeliveriesStatement, [gone.map(({ id }) => id)]);
    return gone.length;
  });
}
