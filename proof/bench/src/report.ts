import type { LoadResult } from './load.js';
import type { WorkDone } from './work.js';

export interface LoadRun extends Omit<LoadResult, 'history'> {
  readonly perCharge: WorkDone;
  readonly othersBusyShare: number;
}

export interface PeerRound {
  readonly concurrency: number;
  readonly completedPerSecond: number;
  readonly p50Ms: number;
}

/** The part of the report that the table shows. */
export interface BenchReport {
  readonly tpcbPerSecond: number | null;
  readonly runs: readonly LoadRun[];
  readonly lone: { readonly p50Ms: number; readonly perCharge: WorkDone };
  /** Of the system without requests. */
  readonly idlePerSecond: WorkDone | null;
}
