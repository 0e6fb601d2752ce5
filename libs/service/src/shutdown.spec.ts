import { beforeEach, describe, expect, it } from '@jest/globals';
import { createLog } from '#telemetry';
import { FakeClock } from '#testing';
import { Shutdown, SHUTDOWN_LIMIT_MS } from './shutdown.js';

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
  it('ends one phase after another, whatever the order of registration', async () => {
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

  it('happens once, however often it is asked for', async () => {
    let times = 0;
    shutdown.during('workers', 'w', () => void times++);
    await Promise.all([shutdown.run(), shutdown.run()]);
    expect(times).toBe(1);
  });

  it('leaves behind what fails, says so, and ends the rest', async () => {
    let poolEnded = false;
    shutdown.during('relay', 'the relay', () => Promise.reject(new Error('no')));
    shutdown.during('pools', 'the pool', () => void (poolEnded = true));
    await expect(shutdown.run()).resolves.toBe(false);
    expect(poolEnded).toBe(true);
    expect(lines.join()).toContain('could not end the relay');
  });

  it('gives up at its limit and names what it was waiting for', async () => {
    shutdown.during('consumer', 'the consumer', () => new Promise(() => undefined));
    const outcome = shutdown.run();
    await clock.advance(SHUTDOWN_LIMIT_MS);
    await expect(outcome).resolves.toBe(false);
    expect(lines.join()).toContain('"pending":["the consumer"]');
  });
});
