import { describe, expect, it } from '@jest/globals';
import { ATTEMPTS_MAX, nextAttemptDelayMs } from './delivery-schedule.js';

const HOUR_MS = 3_600_000;
const delays = (random: number): number[] =>
  Array.from({ length: ATTEMPTS_MAX - 1 }, (_, made) => nextAttemptDelayMs(made + 1, () => random)!);
const sum = (each: readonly number[]): number => each.reduce((all, ms) => all + ms, 0);

describe('the schedule of deliveries', () => {
  it('begins after seconds, doubles, and ends at half a day', () => {
    expect(delays(0).slice(0, 3)).toEqual([2_500, 5_000, 10_000]);
    expect(delays(0).at(-1)).toBe(6 * HOUR_MS);
    expect(Math.max(...delays(0.999_999))).toBeLessThanOrEqual(12 * HOUR_MS);
  });

  it('lasts days, and never more than three', () => {
    expect(sum(delays(0)) / HOUR_MS).toBeGreaterThan(35);
    expect(sum(delays(0.999_999)) / HOUR_MS).toBeLessThan(72);
  });

  it('gives up after the last attempt', () => {
    expect(nextAttemptDelayMs(ATTEMPTS_MAX, () => 0)).toBeNull();
  });
});
