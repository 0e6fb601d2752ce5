export interface BackoffLimits {
  baseMs: number;
  capMs: number;
}

/**
 * The ceiling of the backoff before a retry: min(cap, base · 2^(attempt−1)), in milliseconds.
 *
 * @param attempt 1 for the first re-attempt
 */
export function backoffCeilingMs(attempt: number, limits: BackoffLimits): number {
  return Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempt - 1, 30));
}

/**
 * Capped exponential backoff with full jitter: uniform in [0, ceiling) milliseconds. The only backoff of the project.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 *
 * @param attempt 1 for the first re-attempt
 * @param random uniform in [0, 1)
 */
export function fullJitterMs(attempt: number, limits: BackoffLimits, random: () => number): number {
  const ceilingMs = backoffCeilingMs(attempt, limits);
  return Math.floor(random() * ceilingMs);
}
