/**
 * Capped exponential backoff with full jitter: uniform in [0, min(cap, base · 2^(attempt−1))].
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 *
 * @param attempt 1 for the first re-attempt
 * @param random uniform in [0, 1)
 */
export function fullJitterMs(attempt: number, limits: { baseMs: number; capMs: number }, random: () => number): number {
  const ceilingMs = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.floor(random() * ceilingMs);
}
