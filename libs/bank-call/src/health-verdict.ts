import type { Verdict } from './lane-breaker.js';
import type { NotProcessedReason, Outcome } from './outcome.js';

/**
 * What an outcome says of the bank's health. Every definite answer is healthy, a decline too.
 *
 * `malformed` is the bank in good order speaking of our request, `validity_expired` of our clockwork. Neither counts
 * towards the error rate in either direction, but as the answer to a probe it shows that the bank is back. That
 * matters, because after an outage the validity of the first attempt hangs on an old reading of the bank's clock, and
 * because one request that no bank can read must not keep a breaker open.
 */
export function verdictOf(outcome: Outcome): Verdict {
  switch (outcome.kind) {
    case 'answered':
      return 'healthy';
    case 'doubt':
      return 'failing';
    case 'not_processed':
      return verdicts[outcome.reason];
  }
}

const verdicts: Readonly<Record<NotProcessedReason, Verdict>> = {
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
