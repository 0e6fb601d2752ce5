import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SystemClock } from './system-clock.js';
import { clockContract } from './testing/clock-contract.js';

describe('SystemClock', () => {
  clockContract(() => ({ clock: new SystemClock(), passes: (ms) => wait(ms) }));

  it('shifts wall time alone by its offset', () => {
    const shifted = new SystemClock(-3_600_000);
    expect(shifted.now()).toBeLessThan(Date.now() - 3_000_000);
    expect(Math.abs(shifted.monotonicMs() - performance.now())).toBeLessThan(1_000);
  });
});
