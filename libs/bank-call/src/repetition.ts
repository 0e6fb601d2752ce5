import type { BankOrder } from './bank-order.js';
import type { NotProcessedReason, BankCallResult } from './bank-call-result.js';

/**
 * Whether a call may retry within itself: the retry must not move money twice, and the fault must be transient.
 *
 * @param bank `idempotent`: repeats its first answer for a repeated reference
 */
export function isRepeatable(order: BankOrder, outcome: BankCallResult, bank: { idempotent: boolean }): boolean {
  switch (outcome.kind) {
    case 'answered':
      return false;
    case 'not_processed':
      return repeatable[outcome.reason];
    case 'doubt':
      return bank.idempotent || isIdempotentEverywhere(order);
  }
}

/** A reversal is idempotent by its target at every bank; inquiries and statements move nothing. */
function isIdempotentEverywhere({ kind }: BankOrder): boolean {
  return kind === 'reverse' || kind === 'inquire' || kind === 'statement';
}

const repeatable: Readonly<Record<NotProcessedReason, boolean>> = {
  connection_refused: true,
  name_unresolved: true,
  connect_timeout: true,
  connect_failed: true,
  not_processed: true,
  // The refusal carries a fresh reading of the bank's clock.
  validity_expired: true,
  // The bank sheds load.
  rate_limited: false,
  // A retry would be malformed too.
  malformed: false,
  // This process was frozen and may have lost the operation; the database knows.
  too_late: false,
  breaker_open: false,
  bulkhead_full: false,
};
