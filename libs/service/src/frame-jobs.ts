import type { Job } from './job-runner.js';
import type { Jobs } from './jobs.js';

/** What every service does beside its own work, one instance of it at a time. */
export class FrameJobs {
  constructor(
    private readonly list: readonly Job[],
    private readonly jobs: Jobs,
  ) {}

  /** Once the service runs: a replay needs all that its steps need. */
  start(): void {
    for (const job of this.list) this.jobs.onOneInstance(job);
  }
}
