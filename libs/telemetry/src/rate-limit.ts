import type { Clock } from '#clock';

/** A token bucket that holds the tokens of one second. */
export class RateLimit {
  #tokens: number;
  #filledAtMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.#tokens = perSecond;
    this.#filledAtMs = clock.monotonicMs();
  }

  /** @returns whether there was a token */
  take(): boolean {
    const nowMs = this.clock.monotonicMs();
    this.#tokens = Math.min(this.perSecond, this.#tokens + ((nowMs - this.#filledAtMs) / 1_000) * this.perSecond);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
