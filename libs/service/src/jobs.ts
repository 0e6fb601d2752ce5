import { Injectable } from '@nestjs/common';
import { Leases } from '#leases';
import { JobRunner, type Job } from './job-runner.js';
import { LeasedJob } from './leased-job.js';
import { Shutdown } from './shutdown.js';

/** What a service does again and again. All of it ends with the workers. */
@Injectable()
export class Jobs {
  constructor(
    private readonly runner: JobRunner,
    private readonly leases: Leases,
    private readonly shutdown: Shutdown,
  ) {}

  /** On one instance at a time. */
  onOneInstance(job: Job): void {
    const leased = new LeasedJob(job, this.leases, this.runner);
    this.shutdown.during('workers', `the job ${job.name}`, () => leased.close());
  }

  /** On every instance, beside each other; the first run comes after one interval. */
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
