import { beforeEach, describe, expect, it } from '@jest/globals';
import { createLog, Metrics } from '#telemetry';
import { FakeClock } from '#testing';
import { JOB_FAILED, JobRunner } from './job-runner.js';

class Away extends Error {}

let clock: FakeClock;
let metrics: Metrics;
let lines: Record<string, unknown>[];
let runner: JobRunner;
beforeEach(() => {
  clock = new FakeClock();
  metrics = new Metrics(clock);
  lines = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const log = createLog({ service: 's', instance: 'i', destination });
  runner = new JobRunner({ clock, log, metrics, isTransient: (error) => error instanceof Away });
  runner.expect({ name: 'sweeper', everyMs: 5_000 });
});

const run = (work: () => Promise<void>, signal = new AbortController().signal) =>
  runner.run({ name: 'sweeper', run: work }, signal);
const sample = async (name: string): Promise<number> => {
  const line = (await metrics.text()).split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
};
const runs = (outcome: string) => sample(`periodic_job_runs_total{name="sweeper",outcome="${outcome}"}`);
const age = () => sample('periodic_job_success_age_seconds{name="sweeper"}');

describe('a periodic job', () => {
  it('has its counters at zero before its first run', async () => {
    expect([await runs('succeeded'), await runs('failed')]).toEqual([0, 0]);
    expect(await sample('periodic_job_interval_seconds{name="sweeper"}')).toBe(5);
    await run(() => Promise.resolve());
    expect(await runs('succeeded')).toBe(1);
    expect(lines).toEqual([]);
  });

  it('that throws is `failed`: logged as an error, and run again', async () => {
    await run(() => Promise.reject(new Error('value out of range: overflow')));
    expect([await runs('succeeded'), await runs('failed')]).toEqual([0, 1]);
    expect(lines).toMatchObject([{ level: 'error', msg: JOB_FAILED, periodicJob: 'sweeper' }]);
  });

  it('is `unavailable` while the database is away', async () => {
    await run(() => Promise.reject(new Away()));
    expect([await runs('unavailable'), await runs('failed')]).toEqual([1, 0]);
    expect(lines).toMatchObject([{ level: 'warn' }]);
  });

  it('is `stopped` when its lease is lost', async () => {
    const stopping = new AbortController();
    await run(() => Promise.resolve(stopping.abort()), stopping.signal);
    await run(() => Promise.reject(stopping.signal.reason as Error), stopping.signal);
    expect([await runs('stopped'), await runs('succeeded'), await runs('failed')]).toEqual([2, 0, 0]);
  });

  it('has a rising success age until it succeeds', async () => {
    await clock.advance(20_000);
    expect(await age()).toBe(20);
    await run(() => Promise.reject(new Away()));
    await run(() => Promise.reject(new Error('a bug')));
    expect(await age()).toBe(20);
    await run(() => Promise.resolve());
    expect(await age()).toBe(0);
    await clock.advance(3_000);
    expect(await age()).toBe(3);
  });

  it('runs at each interval, also after a failure, until it is stopped', async () => {
    const stopping = new AbortController();
    let times = 0;
    const work = () => (++times === 2 ? Promise.reject(new Error('a bug')) : Promise.resolve());
    const ended = runner.repeat({ name: 'sweeper', everyMs: 5_000, run: work }, stopping.signal);
    for (let n = 0; n < 3; n++) await clock.advance(5_000);
    expect(times).toBe(4);
    stopping.abort();
    await ended;
    expect([await runs('succeeded'), await runs('failed')]).toEqual([3, 1]);
  });
});
