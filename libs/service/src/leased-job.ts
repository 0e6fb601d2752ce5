import type { Clock } from '#clock';
import type { Contender, Leases } from '#leases';
import type { Log } from '#telemetry';

export interface Job {
  /** Of its lease: one instance runs it at a time. */
  readonly name: string;
  readonly everyMs: number;
  /** Safe to run twice at once: a lease may lapse in its middle. Ends soon once the signal says so. */
  readonly run: (stopped: AbortSignal) => Promise<void>;
}

/** A periodic job that one instance runs, whichever holds its lease. */
export class LeasedJob {
  private readonly contender: Contender;
  private stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly job: Job,
    leases: Leases,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.contender = leases.contend(`job-${job.name}`, {
      onAcquired: () => {
        this.stopping = new AbortController();
        this.running = this.runAgainAndAgain(this.stopping.signal);
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

  private async runAgainAndAgain(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      try {
        await this.job.run(stopped);
      } catch (error) {
        // The next run finds what this one left.
        this.log.warn({ err: error, job: this.job.name }, 'a periodic job failed; it will run again');
      }
      await this.clock.sleep(this.job.everyMs, stopped).catch(() => undefined);
    }
  }
}
