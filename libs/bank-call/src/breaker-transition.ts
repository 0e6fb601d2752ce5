import type { Lane } from './lane.js';

export type BreakerState = 'closed' | 'open' | 'half_open';

export type BreakerCause =
  | 'failures_in_a_row'
  | 'failure_rate'
  | 'reset_time_passed'
  | 'probe_succeeded'
  | 'probe_failed'
  /** An isolated breaker that was not used for a while is dropped: the next one starts closed. */
  | 'evicted';

export interface BreakerTransition {
  bank: string;
  lane: Lane;
  /** Set for the breaker of one account's charges that carry a fault token; absent for the bank's own. */
  isolatedTo?: string | undefined;
  from: BreakerState;
  to: BreakerState;
  cause: BreakerCause;
}
