import type { NotProcessedReason, BankCallResult } from './bank-call-result.js';

/**
 * The health that an attempt shows, for the breaker.
 * - `healthy`: a success.
 * - `failing`: a failure.
 * - `alive`: closes a half-open breaker, and is not counted in the failure rate.
 * - `unknown`: not sent. Not counted; as a probe it opens the breaker again.
 */
export type HealthSignal = 'healthy' | 'failing' | 'alive' | 'unknown';

/**
 * A decline is healthy. `malformed` and `validity_expired` are faults of ours: they are `alive`, so that a stale reading
 * of the bank's clock after an outage cannot keep a breaker open.
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
  // The request was not sent.
  too_late: 'unknown',
  breaker_open: 'unknown',
  bulkhead_full: 'unknown',
};
