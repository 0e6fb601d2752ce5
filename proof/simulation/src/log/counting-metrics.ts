import type { Metrics } from '#telemetry';

/** Counters of all services in the world, summed: `step_outcomes_total duplicate` → 3. */
export class Counts {
  readonly byName = new Map<string, number>();

  add(name: string, by = 1): void {
    this.byName.set(name, (this.byName.get(name) ?? 0) + by);
  }

  of(name: string): number {
    return this.byName.get(name) ?? 0;
  }
}

/** Metrics that record counters only, as evidence of hard states. */
export function countingMetrics(counts: Counts): Metrics {
  const nothing = (): void => undefined;
  const idle = {
    set: nothing,
    observe: nothing,
    reset: nothing,
    inc: nothing,
    dec: nothing,
    startTimer: () => nothing,
  };
  const metrics = {
    counter: ({ name }: { name: string }) => ({
      inc: (labels: Record<string, string> | number = {}, by = 1) => {
        if (typeof labels === 'number') return counts.add(name, labels);
        counts.add([name, ...Object.values(labels)].join(' '), by);
      },
    }),
    gauge: () => idle,
    histogram: () => idle,
  };
  return metrics as unknown as Metrics;
}
