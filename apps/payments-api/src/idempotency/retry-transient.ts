import { fullJitterMs, type Clock } from '#clock';

const BACKOFF = { baseMs: 20, capMs: 500 };

export interface RetryPolicy {
  readonly clock: Clock;
  /** How long to retry, in milliseconds. */
  readonly forMs: number;
  readonly isTransient: (error: unknown) => boolean;
}

/**
 * Retries with backoff while the database is away or reports a deadlock. Safe, because the idempotency key identifies
 * the repeat. Rejects with the last error after `forMs`, and at once with an error that is not transient.
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
