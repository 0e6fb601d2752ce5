import { fullJitterMs, type Clock } from '#clock';

const BACKOFF = { baseMs: 20, capMs: 500 };

export interface RetryPolicy {
  readonly clock: Clock;
  /** How long to go on trying, in milliseconds. */
  readonly forMs: number;
  readonly isTransient: (error: unknown) => boolean;
}

/**
 * Does it again while the store is away or chose it as a victim: everything here is safe to repeat, since
 * its key tells a repetition from a second request. Rejects with the last error when patience is over, and
 * at once with an error that no repetition cures.
 */
export async function retryTransient<T>(
  work: () => Promise<T>,
  { clock, forMs, isTransient }: RetryPolicy,
): Promise<T> {
  const untilMs = clock.monotonicMs() + forMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || clock.monotonicMs() >= untilMs) throw error;
    }
    await clock.sleep(fullJitterMs(attempt, BACKOFF, () => clock.random()));
  }
}
