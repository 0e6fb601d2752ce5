import type { Clock } from '#clock';
import type { Log, Metrics } from '#telemetry';

export interface Job {
  /** The name in metrics and logs, and of the lease of a job that runs on one instance. */
  readonly name: string;
  readonly everyMs: number;
  /** Must be safe to run concurrently, since a lease may expire during a run. Ends soon after the signal. */
  readonly run: (stopped: AbortSignal) => Promise<void>;
}

/** The log message of a job that fails with an error that is not transient: a bug or a broken row. */
export const JOB_FAILED = 'a periodic job failed; it will run again';

/** `stopped`: the lease was lost, or the process ends. `unavailable`: a transient error. `failed`: any other error. */
export type JobOutcome = 'succeeded' | 'stopped' | 'unavailable' | 'failed';
const outcomes: readonly JobOutcome[] = ['succeeded', 'stopped', 'unavailable', 'failed'];

export interface JobRunnerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly isTransient: (error: unknown) => boolean;
}

/**
 * Runs periodic jobs, counts every run, logs failures, and measures the time since the last success. The label is `name`,
 * because Prometheus reserves `job`.
 */
export class JobRunner {
  private readonly succeededAtMs = new Map<string, number>();
  private readonly runs;
  private readonly intervals;

  constructor(private readonly parts: JobRunnerParts) {
    const { metrics, clock } = parts;
    this.runs = metrics.counter({
      name: 'periodic_job_runs_total',
      help: 'Runs of periodic jobs: succeeded, stopped (another instance goes on), unavailable (the database was away), failed (a bug, or a broken row).',
      labels: ['name', 'outcome'],
    });
    this.intervals = metrics.gauge({
      name: 'periodic_job_interval_seconds',
      help: 'Interval between runs.',
      labels: ['name'],
    });
    metrics.gauge(
      {
        name: 'periodic_job_success_age_seconds',
        help: 'Seconds since this instance last ran the job successfully, or began to contend for it. A job is healthy if the smallest age over all instances is small.',
        labels: ['name'],
      },
      (gauge) => {
        for (const [name, atMs] of this.succeededAtMs) gauge.set({ name }, (clock.monotonicMs() - atMs) / 1_000);
      },
    );
  }

  /** Starts to measure the time since the job's last success. */
  expect({ name, everyMs }: Pick<Job, 'name' | 'everyMs'>): void {
    this.succeededAtMs.set(name, this.parts.clock.monotonicMs());
    this.intervals.set({ name }, everyMs / 1_000);
    // `increase()` in an alert on the first failure needs an initial zero.
    for (const outcome of outcomes) this.runs.inc({ name, outcome }, 0);
  }

  /** Never rejects: the next run continues the work. */
  async run({ name, run }: Pick<Job, 'name' | 'run'>, stopped: AbortSignal): Promise<void> {
    const { clock, log, isTransient } = this.parts;
    try {
      await run(stopped);
      this.runs.inc({ name, outcome: stopped.aborted ? 'stopped' : 'succeeded' });
      if (!stopped.aborted) this.succeededAtMs.set(name, clock.monotonicMs());
    } catch (error) {
      if (isTransient(error) || (stopped.aborted && error === stopped.reason)) {
        this.runs.inc({ name, outcome: stopped.aborted ? 'stopped' : 'unavailable' });
        log.warn({ err: error, periodicJob: name }, 'a periodic job did not get through; it will run again');
      } else {
        this.runs.inc({ name, outcome: 'failed' });
        log.error({ err: error, periodicJob: name }, JOB_FAILED);
      }
    }
  }

  /** Runs the job at its interval until the signal aborts. */
  async repeat(job: Job, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      await this.run(job, stopped);
      await this.parts.clock.sleep(job.everyMs, stopped).catch(() => undefined);
    }
  }

  /** As `repeat`, after one interval. */
  async repeatLater(job: Job, stopped: AbortSignal): Promise<void> {
    await this.parts.clock.sleep(job.everyMs, stopped).catch(() => undefined);
    await this.repeat(job, stopped);
  }
}
