import type { RetryBudgetLimits } from './bank-config.js';

export interface RetryBudgetUsage {
  readonly used: number;
  readonly allowed: number;
}

/**
 * Limits retries to `ratio` of the calls in the window, or `minPerSecond` if that is more.
 * Source: Google, "Site Reliability Engineering" (2016), chapter 21, "per-client retry budget".
 *
 * Calls expire up to a second early and retries never do, so it errs towards fewer retries.
 * Times are monotonic milliseconds.
 */
export class RetryBudget {
  readonly #callsBySecond: { second: number; calls: number }[] = [];
  readonly #retriedAtMs: number[] = [];

  constructor(private readonly limits: RetryBudgetLimits) {}

  recordCall(nowMs: number): void {
    this.#forget(nowMs);
    const second = Math.floor(nowMs / 1000);
    const latest = this.#callsBySecond.at(-1);
    if (latest?.second === second) latest.calls += 1;
    else this.#callsBySecond.push({ second, calls: 1 });
  }

  /** Takes one retry from the budget. @returns false when none is left */
  tryTake(nowMs: number): boolean {
    const { used, allowed } = this.usage(nowMs);
    if (used + 1 > allowed) return false;
    this.#retriedAtMs.push(nowMs);
    return true;
  }

  /** The window's retries, and how many it allows. */
  usage(nowMs: number): RetryBudgetUsage {
    this.#forget(nowMs);
    const calls = this.#callsBySecond.reduce((sum, bucket) => sum + bucket.calls, 0);
    const { ratio, minPerSecond, windowMs } = this.limits;
    return { used: this.#retriedAtMs.length, allowed: Math.max(calls * ratio, (minPerSecond * windowMs) / 1000) };
  }

  #forget(nowMs: number): void {
    const fromMs = nowMs - this.limits.windowMs;
    while (this.#callsBySecond[0] && this.#callsBySecond[0].second * 1000 < fromMs) this.#callsBySecond.shift();
    while (this.#retriedAtMs[0] !== undefined && this.#retriedAtMs[0] <= fromMs) this.#retriedAtMs.shift();
  }
}
