import type { Metrics } from '#telemetry';

/** What services count, added up over the whole world: `step_outcomes_total duplicate` → 3. */
export class Counts {
  readonly byName = new Map<string, number>();

  add(name: string, by = 1): void {
    this.byName.set(name, (this.byName.get(name) ?? 0) + by);
  }

  of(name: string): number {
    return this.byName.get(name) ?? 0;
  }
}

/** Counters are evidence of what a run has reached; gauges and histograms are not looked at. */
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
