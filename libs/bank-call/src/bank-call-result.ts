import type { bankProtocol } from '#contracts';
import type { AnswerTo, BankOrder } from './bank-order.js';
import type { NotWrittenCause } from './bank-port.js';

/** The result of one attempt. A decline is an answer, not an error. */
export type BankCallResult<O extends BankOrder = BankOrder> =
  | { kind: 'answered'; answer: AnswerTo<O> }
  /** This attempt moved no money and never will. */
  | { kind: 'not_processed'; reason: NotProcessedReason; bankTime?: bankProtocol.BankTime }
  /** The bank may have performed the attempt, or may do so later. */
  | { kind: 'doubt'; reason: DoubtReason };

export type NotProcessedReason =
  | NotWrittenCause
  /** Status 503 of the bank protocol. */
  | 'not_processed'
  /** Status 429. */
  | 'rate_limited'
  /** Status 409: the request arrived after `validUntil`. */
  | 'validity_expired'
  /** Status 400, 404 or 422: the request violates the protocol. A retry would too. */
  | 'malformed'
  /** Refused by our breaker, before the wire. */
  | 'breaker_open'
  | 'bulkhead_full';

export type DoubtReason =
  | 'timeout'
  | 'reset'
  | 'cut'
  | 'malformed'
  /** JSON that is no answer to this order. */
  | 'nonconforming'
  /** A status without a guarantee in the protocol, such as `status_500`. */
  | `status_${number}`;

/** The bank's clock in this outcome, if any. The next attempt's `validUntil` is computed from it. */
export function bankTimeOf(outcome: BankCallResult): bankProtocol.BankTime | undefined {
  switch (outcome.kind) {
    case 'answered':
      return { asOf: outcome.answer.asOf, now: outcome.answer.now };
    case 'not_processed':
      return outcome.bankTime;
    case 'doubt':
      return undefined;
  }
}
