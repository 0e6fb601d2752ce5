import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import type { Clock } from '../clock.js';

export interface ClockUnderTest {
  readonly clock: Clock;
  /** Resolves when this much time has passed on this clock. */
  passes(ms: number): Promise<void>;
  close?(): void;
}

/** Node fires a timer by its own count of whole milliseconds, which may be a part of one ahead of the monotonic clock. */
const EARLY_MS = 1;
/** Above this, a timer of Node fires at once. */
const LONGEST_NODE_DELAY_MS = 2 ** 31 - 1;

/** The contract of the clock port. */
export function clockContract(open: () => ClockUnderTest): void {
  let world: ClockUnderTest;
  let clock: Clock;
  beforeEach(() => {
    world = open();
    ({ clock } = world);
  });
  afterEach(() => world.close?.());

  describe('as a clock', () => {
    it('never goes back, and moves with time', async () => {
      const startedMs = clock.monotonicMs();
      let lastMs = startedMs;
      for (let look = 0; look < 20; look++) {
        await world.passes(1);
        expect(clock.monotonicMs()).toBeGreaterThanOrEqual(lastMs);
        lastMs = clock.monotonicMs();
      }
      expect(lastMs - startedMs).toBeGreaterThanOrEqual(20 - 20 * EARLY_MS);
    });

    it('returns wall time in whole milliseconds since the epoch', async () => {
      const before = clock.now();
      expect(Number.isSafeInteger(before)).toBe(true);
      await world.passes(20);
      expect(clock.now() - before).toBeGreaterThanOrEqual(20 - EARLY_MS);
    });

    it('draws from [0, 1)', () => {
      const drawn = Array.from({ length: 100 }, () => clock.random());
      for (const number of notEmpty(drawn)) expect(number >= 0 && number < 1).toBe(true);
      expect(new Set(drawn).size).toBeGreaterThan(90);
    });
  });

  describe('a timer', () => {
    it('runs once, after its delay and not before', async () => {
      const startedMs = clock.monotonicMs();
      const ran: number[] = [];
      clock.after(20, () => ran.push(clock.monotonicMs() - startedMs));
      await world.passes(60);
      expect(ran).toHaveLength(1);
      expect(ran[0]).toBeGreaterThanOrEqual(20 - EARLY_MS);
    });

    it.each([0, -5])('never runs before `after` has returned, not even after %i ms', async (delayMs) => {
      let ran = false;
      clock.after(delayMs, () => (ran = true));
      expect(ran).toBe(false);
      await world.passes(10);
      expect(ran).toBe(true);
    });

    it('runs behind timers that are due earlier, and behind earlier timers with the same due time', async () => {
      const ran: string[] = [];
      clock.after(40, () => ran.push('late'));
      clock.after(10, () => ran.push('early'));
      clock.after(10, () => ran.push('early too'));
      await world.passes(80);
      expect(ran).toEqual(['early', 'early too', 'late']);
    });

    it('may be set by another', async () => {
      const ran: number[] = [];
      const startedMs = clock.monotonicMs();
      const tick = (): void => {
        ran.push(clock.monotonicMs() - startedMs);
        if (ran.length < 3) clock.after(10, tick);
      };
      clock.after(10, tick);
      await world.passes(100);
      expect(ran).toHaveLength(3);
      expect(ran[2]).toBeGreaterThanOrEqual(30 - 3 * EARLY_MS);
    });

    it('does not run once it is cancelled, also by another timer that is due at the same time', async () => {
      const ran: string[] = [];
      clock.after(10, () => ran.push('cancelled')).cancel();
      clock.after(10, () => {
        second.cancel();
        ran.push('first');
      });
      const second = clock.after(10, () => ran.push('second'));
      await world.passes(40);
      second.cancel();
      expect(ran).toEqual(['first']);
    });

    it.each([LONGEST_NODE_DELAY_MS + 1, Infinity])('that is due in %d ms does not run now', async (delayMs) => {
      let ran = false;
      const timer = clock.after(delayMs, () => (ran = true));
      await world.passes(30);
      expect(ran).toBe(false);
      timer.cancel();
    });
  });

  describe('a sleep', () => {
    it('ends after its delay', async () => {
      const startedMs = clock.monotonicMs();
      const slept = clock.sleep(20).then(() => clock.monotonicMs() - startedMs);
      await world.passes(40);
      expect(await slept).toBeGreaterThanOrEqual(20 - EARLY_MS);
    });

    it('rejects with its signal’s reason when that aborts, and at once when it has aborted', async () => {
      const controller = new AbortController();
      const sleeping = clock.sleep(600_000, controller.signal);
      controller.abort(new Error('enough'));
      await expect(sleeping).rejects.toThrow('enough');
      await expect(clock.sleep(600_000, controller.signal)).rejects.toThrow('enough');
    });
  });
}
