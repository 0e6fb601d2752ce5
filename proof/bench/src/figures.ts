import type { BenchReport, LoadRun } from './report.js';
import { systemCpuMicros, total, type WorkDone } from './work.js';

/** The figures that docs/performance.md quotes: columns by load, rows by figure. */
export function figuresOf(report: BenchReport): Record<string, Record<string, number | string>> {
  const figures: Record<string, Record<string, number | string>> = {};
  const add = (figure: string, load: string, value: number | string): void => {
    (figures[figure] ??= {})[load] = typeof value === 'number' ? rounded(value) : value;
  };
  const addWork = (load: string, work: WorkDone): void => {
    add('CPU µs, without the load generator', load, systemCpuMicros(work));
    for (const [name, micros] of Object.entries(work.cpuMicros)) add(`CPU µs, ${name}`, load, micros);
    add('context switches', load, total(work.switches));
    for (const [name, switches] of Object.entries(work.switches)) add(`context switches, ${name}`, load, switches);
    for (const [origin, roundTrips] of Object.entries(work.postgresRoundTrips))
      add(`round trips to Postgres, ${origin}`, load, roundTrips);
    add('requests to Kafka', load, total(work.kafkaRequests));
    for (const [request, count] of Object.entries(work.kafkaRequests))
      if (count > 0) add(`requests to Kafka, ${request}`, load, count);
    add('commits', load, work.commits);
    add('fsyncs of WAL', load, work.fsyncs);
    add('WAL bytes', load, work.walBytes);
  };
  const nameOf = ({ mix, concurrency }: LoadRun): string => `${mix} at ${concurrency}`;

  for (const run of report.runs) {
    add('per second', nameOf(run), run.completedPerSecond);
    if (report.tpcbPerSecond !== null)
      add('÷ TPC-B', nameOf(run), (run.completedPerSecond / report.tpcbPerSecond).toFixed(3));
    add('p50 ms', nameOf(run), run.p50Ms);
    add('p99 ms', nameOf(run), run.p99Ms);
    add('cores busy with other work', nameOf(run), run.othersBusyShare);
    addWork(nameOf(run), run.perCharge);
  }
  add('p50 ms', 'lone charge', report.lone.p50Ms);
  addWork('lone charge', report.lone.perCharge);
  if (report.idlePerSecond) addWork('idle, a second', report.idlePerSecond);
  return figures;
}

const rounded = (value: number): number => Number(value.toFixed(Math.abs(value) < 100 ? 2 : 0));
