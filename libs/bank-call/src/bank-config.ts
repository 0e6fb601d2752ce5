import assert from 'node:assert';
import type { BackoffLimits } from '#clock';
import type { bankProtocol } from '#contracts';

/** The configuration of a bank: its profile, address and limits. */
export interface BankConfig extends bankProtocol.BankProfile {
  /** The origin of its API, such as `http://127.0.0.1:3011`. */
  url: string;
  limits: BankLimits;
}

export interface BankLimits {
  /** Calls in flight. Above this, calls are refused, never queued. */
  inFlight: number;
  /** The time-out of one attempt on the wire. */
  attemptTimeoutMs: number;
  /** Attempts of one call, the first included. */
  attempts: number;
  /** The deadline of a call: no attempt begins that could end later. */
  callMs: number;
  /** The backoff before a retry within a call. */
  backoff: BackoffLimits;
  retryBudget: RetryBudgetLimits;
  breaker: BreakerLimits;
  isolated: IsolatedLimits;
}

/** The limits of isolated callers, for charges with a fault token. */
export interface IsolatedLimits {
  /** Calls in flight of all isolated callers. */
  inFlight: number;
  inFlightPerAccount: number;
  /** The most isolated callers. Above this, the least recently used is evicted. */
  callers: number;
  /** A caller is evicted after this idle time. */
  idleMs: number;
}

export interface RetryBudgetLimits {
  windowMs: number;
  /** Retries per call of the window, 0 to 1. */
  ratio: number;
  /** Retries per second that are allowed however few calls there are. */
  minPerSecond: number;
}

export interface BreakerLimits {
  failuresInARow: number;
  windowMs: number;
  /** Calls in the window below which only consecutive failures open the breaker. */
  minCalls: number;
  /** The failure rate at which the breaker opens, in percent of the window's calls. */
  failurePercent: number;
  /** The time from open to half-open. */
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

/** @throws AssertionError for contradictory limits */
export function checkLimits(limits: BankLimits): void {
  const { inFlight, attemptTimeoutMs, attempts, callMs, backoff, breaker, isolated } = limits;
  assert(inFlight >= 1, 'a bank needs at least one call in flight');
  assert(attempts >= 1, 'a call needs at least one attempt');
  // A probe must end before the next one is due.
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
