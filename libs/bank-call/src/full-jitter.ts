import type { GeneratorFn } from 'cockatiel';
import { fullJitterMs } from '#clock';

/**
 * A generator for cockatiel's `ExponentialBackoff`, by `fullJitterMs` of `#clock`.
 *
 * @param random uniform in [0, 1)
 */
export function fullJitter(random: () => number): GeneratorFn<number> {
  return (reattempt = 1, { initialDelay, maxDelay }) => [
    fullJitterMs(reattempt, { baseMs: initialDelay, capMs: maxDelay }, random),
    reattempt + 1,
  ];
}
