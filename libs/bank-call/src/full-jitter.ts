import type { GeneratorFn } from 'cockatiel';
import { fullJitterMs } from '#clock';

/**
 * cockatiel's generator of waits for `ExponentialBackoff`, by the project's one formula.
 *
 * @param random uniform in [0, 1)
 */
export function fullJitter(random: () => number): GeneratorFn<number> {
  return (reattempt = 1, { initialDelay, maxDelay }) => [
    fullJitterMs(reattempt, { baseMs: initialDelay, capMs: maxDelay }, random),
    reattempt + 1,
  ];
}
