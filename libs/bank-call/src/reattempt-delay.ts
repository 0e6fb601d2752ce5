import { fullJitterMs } from '#clock';

const limits = { baseMs: 500, capMs: 30_000 };

/**
 * The delay of a durable retry or inquiry, in milliseconds: capped exponential backoff with full jitter, never before
 * the breaker's next probe, since until then the breaker would refuse it.
 *
 * @param reattempt 1 for the first retry
 * @param untilProbeMs from `BankCaller.untilProbeMs`
 * @param random uniform in [0, 1)
 */
export function reattemptDelayMs(reattempt: number, untilProbeMs: number, random: () => number): number {
  const backoffMs = fullJitterMs(reattempt, limits, random);
  if (backoffMs >= untilProbeMs) return backoffMs;
  // Spread behind the probe, against a thundering herd of which only one could pass.
  return untilProbeMs + fullJitterMs(1, limits, random);
}
