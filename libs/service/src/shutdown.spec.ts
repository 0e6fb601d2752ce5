import { beforeEach, describe, expect, it } from '@jest/globals';
import { createLog } from '#telemetry';
import { FakeClock } from '#testing';
import { Shutdown, SHUTDOWN_LIMIT_MS, shutdownPhases } from './shutdown.js';

let clock: FakeClock;
let lines: string[];
let shutdown: Shutdown;
beforeEach(() => {
  clock = new FakeClock();
  lines = [];
  const log = createLog({ service: 's', instance: 'i', destination: { write: (line) => void lines.push(line) } });
  shutdown = new Shutdown(clock, log);
});

describe('a shutdown', () => {
  it('runs phase after phase, in any order of registration', async () => {
    const ended: string[] = [];
    const end = (what: string) => async () => {
      await Promise.resolve();
      ended.push(what);
    };
    shutdown.during('pools', 'pool', end('pool'));
    shutdown.during('relay', 'relay', end('relay'));
    shutdown.during('http', 'http', end('http'));
    shutdown.during('leases', 'leases', end('leases'));
    shutdown.during('consumer', 'consumer', end('consumer'));
    shutdown.during('workers', 'workers', end('workers'));
    await expect(shutdown.run()).resolves.toBe(true);
    expect(ended).toEqual(['http', 'consumer', 'workers', 'relay', 'leases', 'pool']);
  });

  it('runs once, however often it is requested', async () => {
    let times = 0;
    shutdown.during('workers', 'w', () => void times++);
    await Promise.all([shutdown.run(), shutdown.run()]);
    expect(times).toBe(1);
  });

  it('logs a part that fails to end, and ends the others', async () => {
    let poolEnded = false;
    shutdown.during('relay', 'the relay', () => Promise.reject(new Error('no')));
    shutdown.during('pools', 'the pool', () => void (poolEnded = true));
    await expect(shutdown.run()).resolves.toBe(false);
    expect(poolEnded).toBe(true);
    expect(lines.join()).toContain('could not end the relay');
  });

  it('skips a part that takes too long, names it, and ends every later phase within its limit', async () => {
    const ended: string[] = [];
    const forever = () => new Promise(() => undefined);
    shutdown.during('http', 'the held requests', forever);
    shutdown.during('consumer', 'the consumer', () => void ended.push('the consumer'));
    shutdown.during('leases', 'the worker id', forever);
    shutdown.during('leases', 'the leases', () => void ended.push('the leases'));
    shutdown.during('pools', 'the pool', () => void ended.push('the pool'));
    const outcome = shutdown.run();
    while (clock.monotonicMs() < SHUTDOWN_LIMIT_MS) await clock.advance(100);
    await expect(outcome).resolves.toBe(false);
    expect(ended).toEqual(['the consumer', 'the leases', 'the pool']);
    expect(lines.join()).toContain('"pending":["the held requests"]');
    expect(lines.join()).toContain('"pending":["the worker id"]');
  });

  it.each(shutdownPhases)('leaves time for the phases after %s when that one never ends', async (stuck) => {
    const ended: string[] = [];
    for (const phase of shutdownPhases) {
      shutdown.during(phase, phase, () => (phase === stuck ? new Promise(() => undefined) : void ended.push(phase)));
    }
    const outcome = shutdown.run();
    while (clock.monotonicMs() < SHUTDOWN_LIMIT_MS) await clock.advance(100);
    await expect(outcome).resolves.toBe(false);
    expect(ended).toEqual(shutdownPhases.filter((phase) => phase !== stuck));
  });

  it('has limits that add up to its total time', async () => {
    for (const phase of shutdownPhases) shutdown.during(phase, phase, () => new Promise(() => undefined));
    const outcome = shutdown.run();
    await clock.advance(SHUTDOWN_LIMIT_MS - 1);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1);
    await expect(outcome).resolves.toBe(false);
  });

  it('reports its end and its result after the last phase', async () => {
    const ended: unknown[] = [];
    void shutdown.ended.then((clean) => ended.push(clean));
    shutdown.during('relay', 'the relay', () => Promise.reject(new Error('no')));
    shutdown.during('pools', 'the pool', () => expect(ended).toEqual([]));
    await shutdown.run();
    await shutdown.ended;
    expect(ended).toEqual([false]);
  });

  it('reports its current phase', async () => {
    expect(shutdown.phase).toBeUndefined();
    shutdown.during('http', 'http', () => expect(shutdown.phase).toBe('http'));
    await expect(shutdown.run()).resolves.toBe(true);
  });
});
