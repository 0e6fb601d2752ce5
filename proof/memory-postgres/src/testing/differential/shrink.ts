import type { ScriptStep } from './script.js';

/** Runs tried at most: each takes a moment of a real database. */
const TRIES_MAX = 300;

/**
 * The smallest script found that still shows a difference: parts of it are left out, halves first, then ever smaller
 * pieces. After Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002).
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
