import assert from 'node:assert';
import type { BackoffLimits } from '#clock';
import type { bankProtocol } from '#contracts';

/** A bank as configuration: what it promises, where it is, how much of it we use. */
export interface BankConfig extends bankProtocol.BankProfile {
  /** Origin of its API, such as `http://127.0.0.1:3011`. */
  url: string;
  limits: BankLimits;
}

export interface BankLimits {
  /** Calls in flight; what is above is refused, never queued. */
  inFlight: number;
  /** Time-out of one attempt on the wire. */
  attemptTimeoutMs: number;
  /** Attempts of one call, the first included. */
  attempts: number;
  /** A call begins no attempt that could end later than this after the call began. */
  callMs: number;
  /** The jittered waits before an attempt is repeated within a call. */
  backoff: BackoffLimits;
  retryBudget: RetryBudgetLimits;
  breaker: BreakerLimits;
  isolated: IsolatedLimits;
}

/** Of the callers of single accounts, for their charges that carry a fault token. */
export interface IsolatedLimits {
  /** Calls in flight of all of them together. */
  inFlight: number;
  inFlightPerAccount: number;
  /** So many callers are kept at most; above that, the one that was not used for longest goes. */
  callers: number;
  /** A caller that was not used for so long is dropped. */
  idleMs: number;
}

export interface RetryBudgetLimits {
  windowMs: number;
  /** Part of the window's calls that may be repeated. */
  ratio: number;
  /** What may be repeated even when there are few calls, in retries per second. */
  minPerSecond: number;
}

export interface BreakerLimits {
  failuresInARow: number;
  windowMs: number;
  /** Below this many calls in the window, only failures in a row open the breaker. */
  minCalls: number;
  /** At least this part of the window's calls failed, in percent. */
  failurePercent: number;
  /** From open to half-open. */
  resetMs: number;
}

export const defaultLimits: BankLimits = {
  inFlight: 64,
  attemptTimeoutMs: 2_000,
  attempts: 2,
  callMs: 5_000,
  backoff: { baseMs: 200, capMs: 1_000 },
  retryBudget: { windowMs: 10_000, ratio: 0.1, minPerSecond: 1 },
  breaker: { failuresInARow: 3, windowMs: 10_000, minCalls: 20, failurePercent: 50, resetMs: 5_000 },
  isolated: { inFlight: 64, inFlightPerAccount: 8, callers: 256, idleMs: 60_000 },
};

/** A configuration that contradicts itself is a bug: it must not start. */
export function checkLimits(limits: BankLimits): void {
  const { inFlight, attemptTimeoutMs, attempts, callMs, backoff, breaker, isolated } = limits;
  assert(inFlight >= 1, 'a bank needs at least one call in flight');
  assert(attempts >= 1, 'a call needs at least one attempt');
  // A probe that outlives the reset time would still be undecided when the next one could be due.
  assert(attemptTimeoutMs < breaker.resetMs, "an attempt's time-out must be shorter than the breaker's reset time");
  assert(attemptTimeoutMs <= callMs, 'a call must have time for one attempt');
  assert(backoff.capMs < callMs, 'the wait before a repeated attempt must end within the call');
  assert(isolated.inFlightPerAccount >= 1, 'an account needs at least one isolated call in flight');
  assert(
    isolated.callers > isolated.inFlight,
    'a caller with calls in flight is kept, so more callers than calls are needed',
  );
  assert(isolated.idleMs > breaker.windowMs, 'a caller must outlive what it remembers of failures');
  assert(breaker.failuresInARow >= 1 && breaker.minCalls >= 1, 'a breaker needs something to count');
}
