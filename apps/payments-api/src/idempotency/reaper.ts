import type { Database } from '#postgres';
import type { Job } from '#service';
import { pruneKeys } from './key.repository.js';

/** Stripe keeps a key for at least 24 hours. */
export const KEPT_MS = 24 * 60 * 60 * 1_000;
const REAP_EVERY_MS = 60_000;
const BATCH = 1_000;

/** Deletes keys a day after their answer. A key without an answer stays, since its request may still settle. */
export function reaper(database: Database): Job {
  return {
    name: 'key-reaper',
    everyMs: REAP_EVERY_MS,
    run: async () => {
      // In small batches, so that transactions stay short.
      while ((await pruneKeys(database, KEPT_MS, BATCH)) === BATCH);
    },
  };
}
