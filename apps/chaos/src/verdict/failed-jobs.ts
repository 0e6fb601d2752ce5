import type { Counters } from '../run/counters.js';

/** A database that is away, or a lease that is lost, is what a run provokes, and is counted under other outcomes. */
export function failedJobsIn(counters: Pick<Counters, 'above'>): Map<string, number> {
  return new Map(
    ['periodic_job_runs_total', 'outbox_store_failures_total'].flatMap((name) =>
      [...counters.above(name)].filter(([sample]) => sample.includes('outcome="failed"')),
    ),
  );
}
