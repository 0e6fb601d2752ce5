import { fullJitterMs } from '#clock';

const limits = { baseMs: 500, capMs: 30_000 };

/**
 * When a durable re-attempt or inquiry is due: capped exponential backoff with full jitter, never before
 * the breaker's next probe, because until then every attempt would only be refused.
 *
 * @param reattempt 1 for the first re-attempt
 * @param untilProbeMs what `BankCaller.untilProbeMs` says of the lane
 * @param random uniform in [0, 1)
 */
export function reattemptDelayMs(reattempt: number, untilProbeMs: number, random: () => number): number {
  const backoffMs = fullJitterMs(reattempt, limits, random);
  if (backoffMs >= untilProbeMs) return backoffMs;
  // Spread behind the probe: all that waited for it would otherwise wake at once, for one of them to pass.
  return untilProbeMs + fullJitterMs(1, limits, random);
}
