import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FakeClock } from '#testing';
import { IdsExhaustedError, Snowflake, snowflakeEpoch } from './snowflake.js';

const start = snowflakeEpoch + 1_000_000;
const partsOf = (id: bigint) => ({
  ms: Number(id >> 22n) + snowflakeEpoch,
  worker: Number((id >> 12n) & 1023n),
  sequence: Number(id & 4095n),
});

describe('Snowflake', () => {
  it('has Twitter’s layout of time, worker and sequence', () => {
    const clock = new FakeClock({ now: start });
    const ids = new Snowflake({ workerId: 5, clock });
    expect(partsOf(ids.next())).toEqual({ ms: start, worker: 5, sequence: 0 });
    expect(partsOf(ids.next())).toEqual({ ms: start, worker: 5, sequence: 1 });
    clock.stepWall(1);
    expect(partsOf(ids.next())).toEqual({ ms: start + 1, worker: 5, sequence: 0 });
  });

  it('borrows the next millisecond when one has used up its 4096', () => {
    const ids = new Snowflake({ workerId: 0, clock: new FakeClock({ now: start }) });
    const last = Array.from({ length: 4097 }, () => ids.next()).at(-1)!;
    expect(partsOf(last)).toEqual({ ms: start + 1, worker: 0, sequence: 0 });
  });

  it('continues from its last time when the clock steps back', () => {
    const clock = new FakeClock({ now: start });
    const ids = new Snowflake({ workerId: 0, clock });
    ids.next();
    clock.stepWall(-3_600_000);
    expect(partsOf(ids.next())).toEqual({ ms: start, worker: 0, sequence: 1 });
  });

  it('fails past the drift cap, and recovers as time passes', () => {
    const clock = new FakeClock({ now: start });
    const ids = new Snowflake({ workerId: 0, clock, maxDriftMs: 1 });
    for (let issued = 0; issued < 2 * 4096; issued++) ids.next();
    expect(() => ids.next()).toThrow(IdsExhaustedError);
    expect(() => ids.next()).toThrow(IdsExhaustedError);
    clock.stepWall(1);
    expect(partsOf(ids.next())).toEqual({ ms: start + 2, worker: 0, sequence: 0 });
  });

  it('starts above a given time', () => {
    const ids = new Snowflake({ workerId: 0, clock: new FakeClock({ now: start }), after: start + 5 });
    expect(partsOf(ids.next())).toEqual({ ms: start + 6, worker: 0, sequence: 0 });
  });

  it('is unique across workers and increases within each, however their clocks step', () => {
    const steps = fc.array(
      fc.record({ worker: fc.nat(3), stepMs: fc.integer({ min: -50, max: 50 }), ids: fc.nat(9_000) }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(steps, (steps) => {
        const clocks = [0, 1, 2, 3].map(() => new FakeClock({ now: start }));
        const workers = clocks.map((clock, workerId) => new Snowflake({ workerId, clock }));
        const seen = new Set<bigint>();
        const last = [-1n, -1n, -1n, -1n];
        for (const { worker, stepMs, ids } of steps) {
          clocks[worker]!.stepWall(stepMs);
          for (let count = 0; count < ids; count++) {
            const id = workers[worker]!.next();
            if (id <= last[worker]!) throw new Error(`${id} came after ${last[worker]}`);
            last[worker] = id;
            seen.add(id);
          }
        }
        expect(seen.size).toBe(steps.reduce((sum, { ids }) => sum + ids, 0));
      }),
      { numRuns: 50 },
    );
  });
});
