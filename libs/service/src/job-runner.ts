import type { Clock } from '#clock';
import type { Log, Metrics } from '#telemetry';

export interface Job {
  /** In metrics and logs; and of its lease, where one instance runs it at a time. */
  readonly name: string;
  readonly everyMs: number;
  /** Safe to run twice at once: a lease may lapse in its middle. Ends soon once the signal says so. */
  readonly run: (stopped: AbortSignal) => Promise<void>;
}

/** Logged of a job that fails by its own fault, which nothing but a bug or a broken row can bring about. */
export const JOB_FAILED = 'a periodic job failed; it will run again';

/**
 * What a run came to. `stopped`: its lease was lost, or the process ends. `unavailable`: the database was away, or
 * whatever else passes by itself. `failed`: the job's own fault.
 */
export type JobOutcome = 'succeeded' | 'stopped' | 'unavailable' | 'failed';
const outcomes: readonly JobOutcome[] = ['succeeded', 'stopped', 'unavailable', 'failed'];

export interface JobRunnerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly isTransient: (error: unknown) => boolean;
}

/**
 * The one place where periodic jobs run: it counts every run, logs every failure, and knows since when a job has not
 * succeeded. Prometheus keeps the label `job` for the service, so a job's name is its label `name`.
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
      help: 'Between one run and the next.',
      labels: ['name'],
    });
    metrics.gauge(
      {
        name: 'periodic_job_success_age_seconds',
        help: 'Since this instance last ran the job with success, or began to contend for it. A job is well when one instance’s age is small.',
        labels: ['name'],
      },
      (gauge) => {
        for (const [name, atMs] of this.succeededAtMs) gauge.set({ name }, (clock.monotonicMs() - atMs) / 1_000);
      },
    );
  }

  /** From here on it is missed when it does not succeed. */
  expect({ name, everyMs }: Pick<Job, 'name' | 'everyMs'>): void {
    this.succeededAtMs.set(name, this.parts.clock.monotonicMs());
    this.intervals.set({ name }, everyMs / 1_000);
    // An alert on the first failure needs the zero before it.
    for (const outcome of outcomes) this.runs.inc({ name, outcome }, 0);
  }

  /** Never rejects: the next run finds what this one left. */
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

  /** Again and again, until the signal says so. */
  async repeat(job: Job, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      await this.run(job, stopped);
      await this.parts.clock.sleep(job.everyMs, stopped).catch(() => undefined);
    }
  }

  /** The same, after an interval. */
  async repeatLater(job: Job, stopped: AbortSignal): Promise<void> {
    await this.parts.clock.sleep(job.everyMs, stopped).catch(() => undefined);
    await this.repeat(job, stopped);
  }
}
