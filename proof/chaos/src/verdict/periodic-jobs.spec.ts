import { describe, expect, it } from '@jest/globals';
import { Counters } from '../evidence/counters.js';
import { jobMetrics, jobRunsIn, judgeJobs } from './periodic-jobs.js';

const text = ({ succeeded = 40, failed = 0, failedStores = 0 }): string =>
  [
    `periodic_job_runs_total{name="charge-sweeper",outcome="succeeded"} ${succeeded}`,
    'periodic_job_runs_total{name="charge-sweeper",outcome="unavailable"} 7',
    'periodic_job_runs_total{name="charge-sweeper",outcome="stopped"} 1',
    `periodic_job_runs_total{name="charge-sweeper",outcome="failed"} ${failed}`,
    'outbox_store_failures_total{outcome="unavailable"} 3',
    `outbox_store_failures_total{outcome="failed"} ${failedStores}`,
  ].join('\n');
const judge = (...scraped: (readonly [instance: string, text: string])[]) => {
  const counters = new Counters();
  for (const [instance, text] of scraped) counters.add(instance, text, jobMetrics);
  return judgeJobs({ jobRuns: jobRunsIn(counters) });
};

describe('periodic jobs', () => {
  it('may fail by an outage or a lost lease, which the run injects', () => {
    expect(judge(['payments-api', text({})])).toEqual({ lines: [], looked: '40 runs succeeded' });
  });

  it('break A18 by failures of their own, summed over instances and restarts', () => {
    const { lines } = judge(
      ['payments-api', text({ failedStores: 1 })],
      ['payments-api-2', text({ failed: 2 })],
      ['payments-api-2', text({ failed: 1 })], // killed and started again
    );
    expect(lines).toEqual([
      'periodic_job_runs_total{name="charge-sweeper",outcome="failed"}: 3 times',
      'outbox_store_failures_total{outcome="failed"}: 1 times',
    ]);
  });

  it('break A18 if no run succeeded, since the metrics were not read then', () => {
    expect(judge().lines).toEqual(['no periodic job succeeded']);
    expect(judge(['ledger', text({ succeeded: 0 })]).lines).toEqual(['no periodic job succeeded']);
  });
});
