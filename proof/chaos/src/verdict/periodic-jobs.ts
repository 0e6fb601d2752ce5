import { grouped } from '../html.js';
import type { Counters } from '../evidence/counters.js';
import type { PromiseResult } from './promise-result.js';
import type { RunFacts } from './run-facts.js';

/** The metrics that count the runs of periodic jobs, by outcome. */
export const jobMetrics = ['periodic_job_runs_total', 'outbox_store_failures_total'] as const;

/** By sample, how often: `periodic_job_runs_total{name="charge-sweeper",outcome="succeeded"}` → 40. */
export function jobRunsIn(counters: Pick<Counters, 'above'>): Map<string, number> {
  return new Map(jobMetrics.flatMap((name) => [...counters.above(name)]));
}

/**
 * A database that is away, or a lease that is lost, is what a run provokes, and is counted under other outcomes (A18).
 * Where no run of a job was seen to succeed, the metrics were not read.
 */
export function judgeJobs({ jobRuns }: Pick<RunFacts, 'jobRuns'>): Pick<PromiseResult, 'lines' | 'looked'> {
  const withOutcome = (outcome: string): [string, number][] =>
    [...jobRuns].filter(([sample]) => sample.includes(`outcome="${outcome}"`));
  const succeeded = withOutcome('succeeded').reduce((sum, [, count]) => sum + count, 0);
  return {
    lines: [
      ...withOutcome('failed').map(([sample, count]) => `${sample}: ${count} times`),
      ...(succeeded === 0 ? ['no run of a periodic job was seen'] : []),
    ],
    looked: `${grouped(succeeded)} runs succeeded`,
  };
}
