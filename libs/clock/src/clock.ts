/** Milliseconds since the Unix epoch. */
export type Instant = number;

export interface Timer {
  /** Idempotent. The callback does not run after it returns. */
  cancel(): void;
}

/** The port for time and randomness. The simulation replaces it by virtual time and a seeded generator. */
export interface Clock {
  /** Wall time, which may step. Never measure a duration with it. */
  now(): Instant;
  /** Monotonic milliseconds from an arbitrary origin. For durations, deadlines and lease trust. */
  monotonicMs(): number;
  /** Runs the callback once after `delayMs`. A pending timer keeps the process alive unless `unref` is set. */
  after(delayMs: number, callback: () => void, options?: { unref?: boolean }): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason as soon as it aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}
