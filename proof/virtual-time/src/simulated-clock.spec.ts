import { describe, expect, it } from '@jest/globals';
import { clockContract } from '../../../libs/clock/src/testing/clock-contract.js';
import { Random } from './random.js';
import { Scheduler } from './scheduler.js';
import { SimulatedClock } from './simulated-clock.js';
import { SimulatedProcess } from './simulated-process.js';
import { MovingWorld } from './testing/moving-world.js';

describe('SimulatedClock', () => {
  clockContract(() => {
    const world = new MovingWorld();
    const { clock } = world;
    return { clock, passes: (ms) => clock.sleep(ms), close: () => world.stop() };
  });

  it('applies the wall-clock offset to wall time only', () => {
    const process = new SimulatedProcess('p', new Scheduler(), new Random(1));
    const clock = new SimulatedClock(process);
    const before = clock.now();
    process.wallOffsetMs = -500;
    expect([clock.now(), clock.monotonicMs()]).toEqual([before - 500, 0]);
  });
});
