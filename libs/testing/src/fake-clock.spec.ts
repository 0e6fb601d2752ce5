import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import { clockContract } from '../../clock/src/testing/clock-contract.js';
import { FakeClock } from './fake-clock.js';

describe('FakeClock', () => {
  clockContract(() => {
    const clock = new FakeClock();
    return { clock, passes: (ms) => clock.advance(ms) };
  });

  it('stands still until `advance`', async () => {
    const clock = new FakeClock({ now: 1_000 });
    await clock.advance(50);
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_050, 50]);
  });

  it('fires a timer at its own time, and those that it sets on the way', async () => {
    const clock = new FakeClock();
    const fired: number[] = [];
    const tick = (): void => {
      fired.push(clock.monotonicMs());
      clock.after(10, tick);
    };
    clock.after(10, tick);
    await clock.advance(35);
    expect(fired).toEqual([10, 20, 30]);
    expect(clock.pendingTimers).toBe(1);
  });

  it('lets promises of a timer settle before the next one fires', async () => {
    const clock = new FakeClock();
    const order: string[] = [];
    const sleeper = clock.sleep(10).then(() => order.push('woken'));
    clock.after(11, () => order.push('next timer'));
    await clock.advance(20);
    await sleeper;
    expect(order).toEqual(['woken', 'next timer']);
  });

  it('counts pending timers', async () => {
    const clock = new FakeClock();
    clock.after(10, () => undefined).cancel();
    const controller = new AbortController();
    const sleep = clock.sleep(10, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
  });

  it('steps wall time alone', () => {
    const clock = new FakeClock({ now: 1_000 });
    clock.stepWall(-500);
    expect([clock.now(), clock.monotonicMs()]).toEqual([500, 0]);
  });

  it('draws the same numbers from the same seed', () => {
    const draw = (seed: number): number[] => {
      const clock = new FakeClock({ seed });
      return [clock.random(), clock.random(), clock.random()];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    for (const number of notEmpty(draw(7))) expect(number >= 0 && number < 1).toBe(true);
  });
});
