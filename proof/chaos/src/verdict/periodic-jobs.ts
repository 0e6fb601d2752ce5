import { grouped } from '../html.js';
import type { Counters } from '../evidence/counters.js';
import type { PromiseResult } from './promise-result.js';
import type { RunFacts } from './run-facts.js';

/** Metrics that count the runs of periodic jobs by outcome. */
export const jobMetrics = ['periodic_job_runs_total', 'outbox_store_failures_total'] as const;

/** Runs by sample: `periodic_job_runs_total{name="charge-sweeper",outcome="succeeded"}` → 40. */
export function jobRunsIn(counters: Pick<Counters, 'above'>): Map<string, number> {
  return new Map(jobMetrics.flatMap((name) => [...counters.above(name)]));
}

/** A18: outages and lost leases have outcomes of their own, so `failed` is a bug. No success means missing metrics. */
export function judgeJobs({ jobRuns }: Pick<RunFacts, 'jobRuns'>): Pick<PromiseResult, 'lines' | 'looked'> {
  const withOutcome = (outcome: string): [string, number][] =>
    [...jobRuns].filter(([sample]) => sample.includes(`outcome="${outcome}"`));
  const succeeded = withOutcome('succeeded').reduce((sum, [, count]) => sum + count, 0);
  return {
    lines: [
      ...withOutcome('failed').map(([sample, count]) => `${sample}: ${count} times`),
      ...(succeeded === 0 ? ['no periodic job succeeded'] : []),
    ],
    looked: `${grouped(succeeded)} runs succeeded`,
  };
}
