import type { BankOrder } from './bank-order.js';
import type { Attempt } from './bank-port.js';
import type { Slot } from './bulkhead.js';
import type { BankCallResult } from './bank-call-result.js';

export interface CallOptions {
  /** The first attempt. Its `begun` is committed. */
  attempt: Attempt;
  /** From `tryReserve`; the call releases it. Without one the call reserves its own. */
  slot?: Slot | undefined;
  /**
   * Commits `begun` for a retry. Returns undefined to refuse it (lease lost, operation closed, database away). Without the
   * hook a call makes one attempt. If it rejects, so does the call.
   *
   * @param number 2 for the second attempt
   * @param previous the report of the previous attempt, which the caller may have to record first
   */
  beforeReattempt?: ((number: number, previous: AttemptReport<BankOrder>) => Promise<Attempt | undefined>) | undefined;
  /** No attempt begins that could end later than this after now. Default: the limits' `callMs`. */
  withinMs?: number | undefined;
  /** Once aborted, no further attempt begins. An attempt on the wire is awaited. */
  signal?: AbortSignal | undefined;
  /** W3C trace context. */
  traceparent?: string | undefined;
}

export interface AttemptReport<O extends BankOrder> {
  attempt: Attempt;
  outcome: BankCallResult<O>;
  /** On the monotonic clock, before the breaker. */
  startedAtMs: number;
  /** Milliseconds from before the breaker until the outcome. */
  tookMs: number;
}

export interface CallReport<O extends BankOrder> {
  /** The outcome of the last attempt. Earlier attempts may be in doubt. */
  outcome: BankCallResult<O>;
  /** Every attempt that had begun, in order. Empty only if the bulkhead was full. */
  attempts: readonly AttemptReport<O>[];
}
