import { drawSchedule } from '../schedule/draw-schedule.js';
import { describeFault, type ChaosFaultKind, type ChaosSchedule } from '../schedule/fault.js';
import { scheduleOf, type Scenario } from '../scenarios/scenario.js';
import { ordinaryTraffic, type LoadShape } from '../workload/workload.js';

const SILENT_BANKS_FROM_MINUTES = 1.5;

/** Everything that is fixed before a run starts. */
export interface RunPlan {
  readonly seed: number;
  /** `random`, or the scenario's name. */
  readonly name: string;
  readonly story: string;
  readonly schedule: ChaosSchedule;
  readonly traffic: LoadShape;
  /** Ids of the hard states that this run alone must reach. */
  readonly reaches: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function planOf(options: {
  readonly seed: number;
  readonly minutes: number;
  readonly kinds: readonly ChaosFaultKind[];
  readonly scenario?: Scenario | undefined;
}): RunPlan {
  const { seed, minutes, kinds, scenario } = options;
  if (scenario) {
    const { name, story, traffic, reaches, env } = scenario;
    return { seed, name, story, traffic, reaches, schedule: scheduleOf(scenario), ...(env && { env }) };
  }
  return {
    seed,
    name: 'random',
    story: `Everything at once, for ${minutes} min, as drawn from seed ${seed}.`,
    schedule: drawSchedule({ seed, durationMs: minutes * 60_000, kinds }),
    // These charges stay in doubt for a minute: a short run could not become quiet in time.
    traffic: minutes < SILENT_BANKS_FROM_MINUTES ? { ...ordinaryTraffic, first: [] } : ordinaryTraffic,
    reaches: [],
  };
}

/** One line per fault: the same seed prints the same lines. */
export function describeSchedule({ durationMs, faults }: ChaosSchedule): string {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1).padStart(6);
  return [
    `${faults.length} faults in ${durationMs / 1_000} s`,
    ...faults.map(
      ({ atMs, lastsMs, fault }) => `${seconds(atMs)} s  for ${seconds(lastsMs)} s  ${describeFault(fault)}`,
    ),
  ].join('\n');
}
