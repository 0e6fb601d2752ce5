import { Injectable } from '@nestjs/common';
import { Leases } from '#leases';
import { JobRunner, type Job } from './job-runner.js';
import { LeasedJob } from './leased-job.js';
import { Shutdown } from './shutdown.js';

/** Registers periodic jobs. They end in the shutdown phase `workers`. */
@Injectable()
export class Jobs {
  constructor(
    private readonly runner: JobRunner,
    private readonly leases: Leases,
    private readonly shutdown: Shutdown,
  ) {}

  /** Runs the job on one instance at a time, under a lease. */
  onOneInstance(job: Job): void {
    const leased = new LeasedJob(job, this.leases, this.runner);
    this.shutdown.during('workers', `the job ${job.name}`, () => leased.close());
  }

  /** Runs the job on every instance concurrently, first after one interval. */
  onEveryInstance(job: Job): void {
    const stopping = new AbortController();
    this.runner.expect(job);
    const running = this.runner.repeatLater(job, stopping.signal);
    this.shutdown.during('workers', `the job ${job.name}`, async () => {
      stopping.abort();
      await running;
    });
  }
}
