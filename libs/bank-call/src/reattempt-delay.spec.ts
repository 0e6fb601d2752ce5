import { describe, expect, it } from '@jest/globals';
import { reattemptDelayMs } from './reattempt-delay.js';

const almostOne = (): number => 0.999_999;

describe('reattemptDelayMs', () => {
  it('doubles its ceiling from half a second up to thirty', () => {
    const ceilings = [1, 2, 3, 7, 8, 100].map((reattempt) => reattemptDelayMs(reattempt, 0, almostOne));
    expect(ceilings).toEqual([499, 999, 1_999, 29_999, 29_999, 29_999]);
  });

  it('jitters down to zero while the breaker is closed', () => {
    expect(reattemptDelayMs(5, 0, () => 0)).toBe(0);
  });

  it('is never before the next probe, and is spread behind it', () => {
    expect(reattemptDelayMs(1, 4_000, () => 0)).toBe(4_000);
    expect(reattemptDelayMs(1, 4_000, () => 0.5)).toBe(4_250);
    expect(reattemptDelayMs(9, 4_000, () => 0.5)).toBe(15_000);
  });
});
