import type { Lane } from './lane.js';

export type BreakerState = 'closed' | 'open' | 'half_open';

export type BreakerCause =
  'failures_in_a_row' | 'failure_rate' | 'reset_time_passed' | 'probe_succeeded' | 'probe_failed';

export interface BreakerTransition {
  bank: string;
  lane: Lane;
  from: BreakerState;
  to: BreakerState;
  cause: BreakerCause;
}
