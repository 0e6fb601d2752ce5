import type { BankOrder } from './bank-order.js';
import type { BreakerTransition } from './breaker-transition.js';
import type { Lane } from './lane.js';
import type { BankCallResult } from './bank-call-result.js';

export interface AttemptEnded {
  bank: string;
  lane: Lane;
  operation: BankOrder['kind'];
  outcome: BankCallResult;
  durationMs: number;
}

/** Hooks for metrics and logs. Called synchronously: they must be quick and must not throw. */
export interface BankCallObserver {
  /** Includes attempts that the breaker refused: they had begun. */
  attemptEnded?(attempt: AttemptEnded): void;
  transitioned?(transition: BreakerTransition): void;
  inFlightChanged?(bank: string, inFlight: number): void;
  /** The sum over all isolated callers of the bank. */
  isolatedInFlightChanged?(bank: string, inFlight: number): void;
  /** A call was not retried, because the bank's retry budget is spent. */
  retryBudgetExhausted?(bank: string): void;
}
