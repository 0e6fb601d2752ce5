import type { ChaosFault, ChaosSchedule } from '../schedule/fault.js';
import type { LoadShape } from '../workload/workload.js';

/** A scripted run, in place of a random schedule. */
export interface Scenario {
  readonly name: string;
  /** What happens and what to look for, shown in the report. */
  readonly story: string;
  readonly seconds: number;
  readonly traffic: LoadShape;
  readonly faults: readonly { readonly atS: number; readonly lastsS: number; readonly fault: ChaosFault }[];
  /** Ids of hard states. The run fails unless it reaches all of them. */
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
