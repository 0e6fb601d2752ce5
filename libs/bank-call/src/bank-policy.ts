import { ExponentialBackoff, handleWhenResult, retry, wrap, type IPolicy, type RetryPolicy } from 'cockatiel';
import type { Clock } from '#clock';
import { AttemptTimeout } from './attempt-timeout.js';
import type { BankLimits } from './bank-config.js';
import { Bulkhead } from './bulkhead.js';
import { fullJitter } from './full-jitter.js';
import { healthSignalOf } from './health-signal.js';
import { LaneBreaker, type BreakerMove } from './lane-breaker.js';
import type { Lane } from './lane.js';
import type { BankCallResult } from './bank-call-result.js';

/** The policies around the calls of one bank: bulkhead( retry( breaker( time-out( wire )))). */
export interface BankPolicy {
  readonly bulkhead: Bulkhead;
  readonly retry: RetryPolicy;
  readonly breakers: Readonly<Record<Lane, LaneBreaker>>;
  /** Around one attempt: breaker( time-out( wire )). */
  readonly attempt: Readonly<Record<Lane, IPolicy>>;
}

/** The result of one pass through the retry policy. */
export interface RetryPass {
  /** Whether to retry. `BankCaller` decides it, since it knows the deadline and the breaker's state. */
  readonly again: boolean;
}

interface PolicyListeners {
  onInFlight(inFlight: number): void;
  onMove(lane: Lane, move: BreakerMove): void;
}

/**
 * Retry wraps the breaker, so that the breaker counts attempts on the wire (README). They are not one `wrap`, since each
 * attempt's `begun` is committed between them.
 *
 * @param within a bulkhead around those of several policies
 */
export function bankPolicy(
  limits: BankLimits,
  clock: Clock,
  listeners: PolicyListeners,
  within?: Bulkhead,
): BankPolicy {
  const bulkhead = new Bulkhead(limits.inFlight, (inFlight) => listeners.onInFlight(inFlight), within);

  // Never retry a thrown error: it is an open breaker or a bug.
  const retrying = retry(
    handleWhenResult((pass) => (pass as RetryPass).again),
    {
      // cockatiel's `maxAttempts` counts retries, not attempts.
      maxAttempts: limits.attempts - 1,
      backoff: new ExponentialBackoff({
        initialDelay: limits.backoff.baseMs,
        maxDelay: limits.backoff.capMs,
        generator: fullJitter(() => clock.random()),
      }),
    },
  );

  const breaker = (lane: Lane): LaneBreaker =>
    new LaneBreaker(
      {
        errorThresholdPercentage: limits.breaker.failurePercent,
        volumeThreshold: limits.breaker.minCalls,
        consecutiveFailures: limits.breaker.failuresInARow,
        resetTimeout: limits.breaker.resetMs,
        rollingCountTimeout: limits.breaker.windowMs,
        rollingCountBuckets: 10,
        attemptTimeoutMs: limits.attemptTimeoutMs,
      },
      clock,
      (result) => healthSignalOf(result as BankCallResult),
      (move) => listeners.onMove(lane, move),
    );
  const breakers = { movements: breaker('movements'), inquiries: breaker('inquiries') };

  const timeout = new AttemptTimeout(clock, limits.attemptTimeoutMs);
  const attempt = { movements: wrap(breakers.movements, timeout), inquiries: wrap(breakers.inquiries, timeout) };
  return { bulkhead, retry: retrying, breakers, attempt };
}
