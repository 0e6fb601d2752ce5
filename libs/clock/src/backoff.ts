export interface BackoffLimits {
  baseMs: number;
  capMs: number;
}

/**
 * The longest wait before a re-attempt: exponential and capped, min(cap, base · 2^(attempt−1)).
 *
 * @param attempt 1 for the first re-attempt
 */
export function backoffCeilingMs(attempt: number, limits: BackoffLimits): number {
  return Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempt - 1, 30));
}

/**
 * Capped exponential backoff with full jitter: uniform in [0, ceiling).
 * The only backoff of the project: cockatiel's `fullJitterGenerator` draws from `Math.random` and takes no other source,
 * so `libs/bank-call` gives cockatiel this one as its generator, and a seed replays every wait.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 *
 * @param attempt 1 for the first re-attempt
 * @param random uniform in [0, 1)
 */
export function fullJitterMs(attempt: number, limits: BackoffLimits, random: () => number): number {
  const ceilingMs = backoffCeilingMs(attempt, limits);
  return Math.floor(random() * ceilingMs);
}
