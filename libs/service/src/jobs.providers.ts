import type { Provider } from '@nestjs/common';
import { Database } from '#postgres';
import { Metrics } from '#telemetry';
import { FrameJobs } from './frame-jobs.js';
import { JobRunner } from './job-runner.js';
import { Jobs } from './jobs.js';
import { provide } from './provide.js';
import { CLOCK, LOG } from './tokens.js';

export const jobProviders: Provider[] = [
  provide(
    JobRunner,
    [Database, CLOCK, LOG, Metrics],
    (database, clock, log, metrics) =>
      new JobRunner({ clock, log, metrics, isTransient: (error) => database.isTransient(error) }),
  ),
  Jobs,
  FrameJobs,
];
