import type { ChaosFault, ChaosSchedule } from '../schedule/fault.js';
import type { LoadShape } from '../workload/workload.js';

/** A run with a plot of its own, where the random mix has none. */
export interface Scenario {
  readonly name: string;
  /** What happens and what to look for, for whoever reads the report. */
  readonly story: string;
  readonly seconds: number;
  readonly traffic: LoadShape;
  readonly faults: readonly { readonly atS: number; readonly lastsS: number; readonly fault: ChaosFault }[];
  /** Ids of the *sometimes* list: the run fails unless it reaches them. */
  readonly reaches: readonly string[];
  /** Settings of services that differ from their defaults. */
  readonly env?: Readonly<Record<string, string>>;
}

export function scheduleOf({ seconds, faults }: Scenario): ChaosSchedule {
  return {
    durationMs: seconds * 1_000,
    faults: faults.map(({ atS, lastsS, fault }, index) => ({
      number: index + 1,
      atMs: atS * 1_000,
      lastsMs: lastsS * 1_000,
      fault,
    })),
  };
}
