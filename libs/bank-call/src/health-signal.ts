import type { NotProcessedReason, BankCallResult } from './bank-call-result.js';

/**
 * What an attempt says of the bank's health.
 * - `healthy`: it works.
 * - `failing`: it refuses, breaks or is silent.
 * - `alive`: it answered, which closes a half-open breaker, but says nothing of its error rate.
 * - `unknown`: it was never asked. A probe that proves nothing opens the breaker again.
 */
export type HealthSignal = 'healthy' | 'failing' | 'alive' | 'unknown';

/**
 * The health that an outcome shows. Every definite answer is healthy, a decline too.
 *
 * `malformed` is the bank in good order speaking of our request, `validity_expired` of our clockwork. Neither counts
 * towards the error rate in either direction, but as the answer to a probe it shows that the bank is back. That
 * matters, because after an outage the validity of the first attempt hangs on an old reading of the bank's clock, and
 * because one request that no bank can read must not keep a breaker open.
 */
export function healthSignalOf(outcome: BankCallResult): HealthSignal {
  switch (outcome.kind) {
    case 'answered':
      return 'healthy';
    case 'doubt':
      return 'failing';
    case 'not_processed':
      return signals[outcome.reason];
  }
}

const signals: Readonly<Record<NotProcessedReason, HealthSignal>> = {
  connection_refused: 'failing',
  name_unresolved: 'failing',
  connect_timeout: 'failing',
  connect_failed: 'failing',
  not_processed: 'failing',
  rate_limited: 'failing',
  validity_expired: 'alive',
  malformed: 'alive',
  // Never asked.
  too_late: 'unknown',
  breaker_open: 'unknown',
  bulkhead_full: 'unknown',
};
