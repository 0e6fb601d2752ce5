import type { Lane } from './lane.js';

export type BreakerState = 'closed' | 'open' | 'half_open';

export type BreakerCause =
  | 'failures_in_a_row'
  | 'failure_rate'
  | 'reset_time_passed'
  | 'probe_succeeded'
  | 'probe_failed'
  /** An idle isolated breaker was dropped. The next one of its account starts closed. */
  | 'evicted';

export interface BreakerTransition {
  bank: string;
  lane: Lane;
  /** The account of an isolated breaker; undefined for the bank's shared one. */
  isolatedTo?: string | undefined;
  from: BreakerState;
  to: BreakerState;
  cause: BreakerCause;
}
