import { eventually } from '#testing';
import type { DatabaseWorld } from './database-world.js';

/** Polls until `statements` statements wait for a lock, or the promise has settled. @returns whether they wait */
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
