import type { BankOrder } from './bank-order.js';
import type { NotProcessedReason, BankCallResult } from './bank-call-result.js';

/**
 * Whether a call may repeat its attempt at once: only what cannot move money twice, and what a moment can cure.
 *
 * @param bank `idempotent`: it remembers its answer by reference
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

/** A reversal is idempotent by its target at every bank; asking moves nothing. */
function isIdempotentEverywhere({ kind }: BankOrder): boolean {
  return kind === 'reverse' || kind === 'inquire' || kind === 'statement';
}

const repeatable: Readonly<Record<NotProcessedReason, boolean>> = {
  connection_refused: true,
  name_unresolved: true,
  connect_timeout: true,
  connect_failed: true,
  not_processed: true,
  // The refusal itself brought a fresh reading of the bank's clock.
  validity_expired: true,
  // The bank asks for less, not for the same again.
  rate_limited: false,
  // It would be as malformed again.
  malformed: false,
  // This process stood still: whether the operation is still its own is for the database to say.
  too_late: false,
  breaker_open: false,
  bulkhead_full: false,
};
