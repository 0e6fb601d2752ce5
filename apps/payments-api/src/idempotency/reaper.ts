import type { Database } from '#postgres';
import type { Job } from '#service';
import { pruneKeys } from './key.repository.js';

/** Stripe promises to remember a key for a day. */
export const KEPT_MS = 24 * 60 * 60 * 1_000;
const REAP_EVERY_MS = 60_000;
const BATCH = 1_000;

/** Takes keys away a day after their answer. A key without an answer stays, however old: somebody may still ask. */
export function reaper(database: Database): Job {
  return {
    name: 'key-reaper',
    everyMs: REAP_EVERY_MS,
    run: async () => {
      // In small bites, so that no transaction grows long.
      while ((await pruneKeys(database, KEPT_MS, BATCH)) === BATCH);
    },
  };
}
