import type { ScriptStep } from './script.js';

/** Limit on the number of runs, since each one uses the real database. */
const TRIES_MAX = 300;

/**
 * Shrinks a script that shows a difference (delta debugging: halves are left out first, then smaller pieces).
 * Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002).
 */
export async function shrink(
  steps: readonly ScriptStep[],
  differs: (candidate: readonly ScriptStep[]) => Promise<boolean>,
): Promise<readonly ScriptStep[]> {
  let tries = 0;
  let kept = steps;
  for (let size = Math.ceil(kept.length / 2); kept.length > 1;) {
    let removed = false;
    for (let start = 0; start < kept.length && tries < TRIES_MAX;) {
      const candidate = [...kept.slice(0, start), ...kept.slice(start + size)];
      tries++;
      if (candidate.length > 0 && (await differs(candidate))) {
        kept = candidate;
        removed = true;
      } else {
        start += size;
      }
    }
    if (tries >= TRIES_MAX || (size === 1 && !removed)) break;
    size = Math.max(1, Math.ceil(size / 2));
  }
  return kept;
}
