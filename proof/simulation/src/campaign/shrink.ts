import type { WorldSchedule } from '../schedule/schedule.js';

/** Limit on the number of runs. The schedule is small enough to read long before that. */
const TRIES_MAX = 150;

/**
 * Shrinks a failing schedule (delta debugging): drops the time leap, then parts of faults and operations, halves first.
 * Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002).
 */
export function shrink(whole: WorldSchedule, failsTheSame: (candidate: WorldSchedule) => boolean): WorldSchedule {
  let tries = 0;
  const fails = (candidate: WorldSchedule): boolean => tries++ < TRIES_MAX && failsTheSame(candidate);
  const early = { ...whole, later: undefined };
  const schedule = whole.later && fails(early) ? early : whole;
  const faults = smallest(schedule.faults, (list) => fails({ ...schedule, faults: list }));
  const operations = smallest(schedule.operations, (list) => fails({ ...schedule, faults, operations: list }));
  return {
    ...schedule,
    faults: smallest(faults, (list) => fails({ ...schedule, faults: list, operations })),
    operations,
  };
}

function smallest<T>(items: readonly T[], fails: (items: readonly T[]) => boolean): readonly T[] {
  let kept = items;
  for (let size = Math.ceil(kept.length / 2); size >= 1 && kept.length > 0;) {
    let removed = false;
    for (let start = 0; start < kept.length;) {
      const candidate = [...kept.slice(0, start), ...kept.slice(start + size)];
      if (fails(candidate)) {
        kept = candidate;
        removed = true;
      } else {
        start += size;
      }
    }
    if (size === 1 && !removed) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return kept;
}
