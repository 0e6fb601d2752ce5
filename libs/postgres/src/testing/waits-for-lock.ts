import { eventually } from '#testing';
import type { DatabaseWorld } from './database-world.js';

/**
 * Whether a statement behind the promise waits for a lock: asks until the promise has ended, or until so many
 * statements of the database wait by the server's own word.
 */
export async function waitsForLock(world: DatabaseWorld, promise: Promise<unknown>, statements = 1): Promise<boolean> {
  let ended = false;
  void promise.catch(() => undefined).finally(() => (ended = true));
  const seen = await eventually(
    'it waits for a lock or has ended',
    async () => {
      const waiting = await world.waiting();
      return ended ? { waits: false } : waiting >= statements && { waits: true };
    },
    { clock: world.clock, timeoutMs: 15_000 },
  );
  return seen.waits;
}
