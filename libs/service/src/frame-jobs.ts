import type { Clock } from '#clock';
import type { Leases } from '#leases';
import type { Log } from '#telemetry';
import { LeasedJob, type Job } from './leased-job.js';
import type { Shutdown } from './shutdown.js';

/** What every service does beside its own work, one instance of it at a time. */
export class FrameJobs {
  constructor(
    private readonly jobs: readonly Job[],
    private readonly parts: { leases: Leases; clock: Clock; log: Log; shutdown: Shutdown },
  ) {}

  /** Once the service runs: a replay needs all that its steps need. */
  start(): void {
    const { leases, clock, log, shutdown } = this.parts;
    const started = this.jobs.map((job) => new LeasedJob(job, leases, clock, log));
    shutdown.during('workers', 'the periodic jobs of the frame', () => Promise.all(started.map((job) => job.close())));
  }
}
