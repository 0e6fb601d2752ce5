import type { bankProtocol } from '#contracts';
import type { AnswerTo, BankOrder } from './bank-order.js';
import type { NotWrittenCause } from './bank-port.js';

/** What one attempt came to. A refusal by the bank is an answer like any other, never an error. */
export type BankCallResult<O extends BankOrder = BankOrder> =
  | { kind: 'answered'; answer: AnswerTo<O> }
  /** This attempt certainly moved nothing, and never will. */
  | { kind: 'not_processed'; reason: NotProcessedReason; bankTime?: bankProtocol.BankTime }
  /** It may have been performed, or may be yet. */
  | { kind: 'doubt'; reason: DoubtReason };

export type NotProcessedReason =
  | NotWrittenCause
  /** 503: the bank says so. */
  | 'not_processed'
  /** 429: the bank says so, and asks for less. */
  | 'rate_limited'
  /** 409: it arrived after `validUntil`. */
  | 'validity_expired'
  /** The bank cannot read it, and could not read it if it came again. */
  | 'malformed'
  /** Ours: refused before the wire. */
  | 'breaker_open'
  | 'bulkhead_full';

export type DoubtReason =
  | 'timeout'
  | 'reset'
  | 'cut'
  | 'malformed'
  /** JSON, but not an answer to this order. */
  | 'nonconforming'
  /** A status that promises nothing, such as `status_500`. */
  | `status_${number}`;

/** The bank's clock as this outcome shows it, if it does: what the next attempt's validity is counted from. */
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
