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

/** What metrics and logs want to know. Called synchronously: must be quick and must not throw. */
export interface BankCallObserver {
  /** Refusals by the breaker included: they are attempts that had begun. */
  attemptEnded?(attempt: AttemptEnded): void;
  transitioned?(transition: BreakerTransition): void;
  inFlightChanged?(bank: string, inFlight: number): void;
  /** Of all isolated callers of the bank together. */
  isolatedInFlightChanged?(bank: string, inFlight: number): void;
  /** A call would have been repeated in place, but the bank's budget is used up. */
  retryBudgetExhausted?(bank: string): void;
}
