import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { Readiness } from './readiness.js';

describe('readiness', () => {
  it('fails until every expected check is registered and passes', async () => {
    const readiness = new Readiness(new FakeClock(), () => false, ['database', 'consumer']);
    readiness.add('database', () => true);
    expect(await readiness.report()).toEqual({
      ready: false,
      checks: { database: 'ok', consumer: 'not there yet' },
    });
    readiness.add('consumer', () => Promise.resolve());
    expect(await readiness.report()).toEqual({ ready: true, checks: { database: 'ok', consumer: 'ok' } });
  });

  it('names failing checks: one that returns false, one that rejects, one that does not answer', async () => {
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

  it('ends when a shutdown begins', async () => {
    let stopping = false;
    const readiness = new Readiness(new FakeClock(), () => stopping, []);
    expect(await readiness.report()).toMatchObject({ ready: true });
    stopping = true;
    expect(await readiness.report()).toEqual({ ready: false, checks: { process: 'shutting down' } });
  });
});
