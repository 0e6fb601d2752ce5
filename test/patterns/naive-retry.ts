import type { Clock } from '#clock';

/** Three attempts, 200 ms apart. */
export async function naiveRetry<T>(clock: Clock, attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (attempts === 3) throw error;
      await clock.sleep(200);
    }
  }
}
