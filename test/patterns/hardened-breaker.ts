import type { Clock } from '#clock';
import { LaneBreaker } from '../../libs/bank-call/src/lane-breaker.js';

/** The breaker of a bank's lane. A call that returns is a success. */
export function hardenedBreaker(clock: Clock): LaneBreaker {
  const options = {
    errorThresholdPercentage: 50,
    volumeThreshold: 20,
    consecutiveFailures: 3,
    resetTimeout: 5_000,
    rollingCountTimeout: 10_000,
    rollingCountBuckets: 10,
    attemptTimeoutMs: 2_000,
  };
  return new LaneBreaker(
    options,
    clock,
    () => 'healthy',
    () => undefined,
  );
}
