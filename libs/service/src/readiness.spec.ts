import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { Readiness } from './readiness.js';

describe('readiness', () => {
  it('is not given before everything expected has come up', async () => {
    const readiness = new Readiness(new FakeClock(), () => false, ['database', 'consumer']);
    readiness.add('database', () => true);
    expect(await readiness.report()).toEqual({
      ready: false,
      checks: { database: 'ok', consumer: 'not there yet' },
    });
    readiness.add('consumer', () => Promise.resolve());
    expect(await readiness.report()).toEqual({ ready: true, checks: { database: 'ok', consumer: 'ok' } });
  });

  it('names what is not well: one that says no, one that fails, one that does not answer', async () => {
    const clock = new FakeClock();
    const readiness = new Readiness(clock, () => false, []);
    readiness.add('no', () => false);
    readiness.add('fails', () => Promise.reject(new Error('connection refused')));
    readiness.add('silent', () => new Promise(() => undefined));
    const report = readiness.report();
    await clock.advance(2_000);
    expect(await report).toEqual({
      ready: false,
      checks: { no: 'no', fails: 'connection refused', silent: 'no answer in 2000 ms' },
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends with the beginning of a shutdown', async () => {
    let stopping = false;
    const readiness = new Readiness(new FakeClock(), () => stopping, []);
    expect(await readiness.report()).toMatchObject({ ready: true });
    stopping = true;
    expect(await readiness.report()).toEqual({ ready: false, checks: { process: 'shutting down' } });
  });
});
