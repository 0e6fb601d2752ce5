import type { Clock } from '#clock';

/** Three consecutive failures open it for five seconds. */
export class NaiveBreaker {
  #failures = 0;
  #openUntilMs = 0;

  constructor(private readonly clock: Clock) {}

  async execute<T>(call: () => Promise<T>): Promise<T> {
    if (this.clock.monotonicMs() < this.#openUntilMs) throw new Error('the breaker is open');
    try {
      const result = await call();
      this.#openUntilMs = this.#failures = 0;
      return result;
    } catch (error) {
      if (++this.#failures >= 3) this.#openUntilMs = this.clock.monotonicMs() + 5_000;
      throw error;
    }
  }
}
