import type { BankOrder } from './bank-order.js';
import type { Attempt } from './bank-port.js';
import type { Slot } from './bulkhead.js';
import type { BankCallResult } from './bank-call-result.js';

export interface CallOptions {
  /** The first attempt, durably `begun`. */
  attempt: Attempt;
  /** Reserved earlier by `tryReserve`; the call releases it. Without one the call reserves for itself. */
  slot?: Slot | undefined;
  /**
   * Commits `begun` for a further attempt and hands it out, or refuses by `undefined` (lease lost, operation
   * closed, database away). Without it the call makes one attempt. If it rejects, so does the call.
   *
   * @param number 2 for the second attempt
   * @param previous the result of the attempt before; a caller may have to record it before it begins another
   */
  beforeReattempt?: ((number: number, previous: AttemptReport<BankOrder>) => Promise<Attempt | undefined>) | undefined;
  /** Begin no attempt that could end later than this after now; the limits' `callMs` unless given. */
  withinMs?: number | undefined;
  /** Once aborted, no further attempt begins. What is on the wire is waited for. */
  signal?: AbortSignal | undefined;
  /** W3C trace context. */
  traceparent?: string | undefined;
}

export interface AttemptReport<O extends BankOrder> {
  attempt: Attempt;
  outcome: BankCallResult<O>;
  /** From before the breaker until the outcome was known. */
  tookMs: number;
}

export interface CallReport<O extends BankOrder> {
  /** Of the last attempt. It does not speak for those before it. */
  outcome: BankCallResult<O>;
  /** Every attempt that had begun, in order; empty only when the bulkhead was full. */
  attempts: readonly AttemptReport<O>[];
}
