/**
 * Runs one thing at a time. Calls that come during a run share one more run behind it, because the run under way may
 * have read its data before they came.
 */
export class SingleFlight {
  #current: Promise<void> | undefined;
  #next: PromiseWithResolvers<void> | undefined;
  #closed = false;

  constructor(private readonly run: () => Promise<void>) {}

  /** Settles as the first run that begins at or after this call does; resolves without one once closed. */
  ask(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    if (!this.#current) return this.#begin(Promise.withResolvers());
    this.#next ??= Promise.withResolvers();
    return this.#next.promise;
  }

  /** Resolves when nothing runs and no run is owed, however the runs end. */
  async idle(): Promise<void> {
    while (this.#current) await this.#current.catch(() => undefined);
  }

  /** Begins no more run; resolves when the one under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  #begin(calls: PromiseWithResolvers<void>): Promise<void> {
    // Set before the run begins: a run may ask for the next one at once.
    this.#current = calls.promise;
    void this.#runOnce().then(calls.resolve, calls.reject);
    return calls.promise;
  }

  async #runOnce(): Promise<void> {
    try {
      await this.run();
    } finally {
      this.#current = undefined;
      const next = this.#next;
      this.#next = undefined;
      if (next && this.#closed) next.resolve();
      else if (next) void this.#begin(next);
    }
  }
}
