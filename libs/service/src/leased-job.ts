import type { Contender, Leases } from '#leases';
import type { Job, JobRunner } from './job-runner.js';

/** A periodic job that runs on the instance that holds its lease. */
export class LeasedJob {
  private readonly contender: Contender;
  private stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(job: Job, leases: Leases, runner: JobRunner) {
    runner.expect(job);
    this.contender = leases.contend(`job-${job.name}`, {
      onAcquired: () => {
        this.stopping = new AbortController();
        this.running = runner.repeat(job, this.stopping.signal);
      },
      onLost: async () => {
        this.stopping.abort();
        await this.running;
      },
    });
  }

  close(): Promise<void> {
    return this.contender.close();
  }
}
