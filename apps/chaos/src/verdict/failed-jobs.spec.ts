import { expect, it } from '@jest/globals';
import { Counters } from '../run/counters.js';
import { failedJobsIn } from './failed-jobs.js';

it('holds a job’s own failures against a run, and nothing that the run provoked', () => {
  const counters = new Counters();
  const text = (failed: number): string =>
    [
      'periodic_job_runs_total{name="charge-sweeper",outcome="succeeded"} 40',
      'periodic_job_runs_total{name="charge-sweeper",outcome="unavailable"} 7',
      'periodic_job_runs_total{name="charge-sweeper",outcome="stopped"} 1',
      `periodic_job_runs_total{name="charge-sweeper",outcome="failed"} ${failed}`,
      'outbox_store_failures_total{outcome="unavailable"} 3',
      'outbox_store_failures_total{outcome="failed"} 0',
    ].join('\n');
  const names = ['periodic_job_runs_total', 'outbox_store_failures_total'];
  counters.add('payments-api', text(0), names);
  expect([...failedJobsIn(counters)]).toEqual([]);
  counters.add('payments-api-2', text(2), names);
  counters.add('payments-api-2', text(1), names); // it was killed, and started again
  counters.add('ledger', 'outbox_store_failures_total{outcome="failed"} 1', names);
  expect([...failedJobsIn(counters)]).toEqual([
    ['periodic_job_runs_total{name="charge-sweeper",outcome="failed"}', 3],
    ['outbox_store_failures_total{outcome="failed"}', 1],
  ]);
});
