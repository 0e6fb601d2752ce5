/** Milliseconds since the Unix epoch. */
export type Instant = number;

export interface Timer {
  /** Idempotent; after it returns the callback does not run. */
  cancel(): void;
}

/**
 * Time and chance, the one port through which production code meets either. The simulation replaces it
 * by virtual time and a seeded generator, so nothing outside this library reads `Date.now`, sets a
 * global timer or draws from `Math.random`.
 */
export interface Clock {
  /** Wall time. Steps back and ahead like any wall clock; never measure a duration with it. */
  now(): Instant;
  /** Milliseconds from an arbitrary origin, never going back. For durations, deadlines and lease trust. */
  monotonicMs(): number;
  /** Runs the callback once after `delayMs`. A pending timer keeps the process alive unless `unref` is set. */
  after(delayMs: number, callback: () => void, options?: { unref?: boolean }): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason as soon as it aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}
