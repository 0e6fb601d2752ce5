import { backoffCeilingMs, fullJitterMs } from '#clock';

const limits = { baseMs: 5_000, capMs: 12 * 60 * 60 * 1_000 };

/** With the limits above, the last attempt is made between 35 and 71 hours after the first: Stripe retries for three days. */
export const ATTEMPTS_MAX = 19;

/**
 * The delay before the next attempt, in milliseconds: half of the exponential backoff, and up to the other half at random,
 * so that an endpoint that comes back is not asked everything at once.
 *
 * @param attempts those made, at least 1
 * @returns null when it is given up
 */
export function nextAttemptDelayMs(attempts: number, random: () => number): number | null {
  if (attempts >= ATTEMPTS_MAX) return null;
  const leastMs = Math.ceil(backoffCeilingMs(attempts, limits) / 2);
  return leastMs + fullJitterMs(attempts, { baseMs: limits.baseMs / 2, capMs: limits.capMs / 2 }, random);
}
