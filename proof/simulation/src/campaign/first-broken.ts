import { outsidePromises } from '#virtual-time';
import { regressions } from '../regressions/regressions.js';
import { planned } from '../schedule/schedule.js';
import { brokenBy, definitions, run } from './one-run.js';

interface BrokenSchedule {
  readonly seed: number;
  readonly broken: readonly string[];
}

/** What worlds show of code that is broken on purpose. */
export interface FirstBroken {
  /** The first world that broke anything. */
  readonly first: BrokenSchedule | null;
  /** The first that broke one of the promises that were sought. */
  readonly found: BrokenSchedule | null;
  /** Of the schedules that a bug was found by once, those that break a promise. */
  readonly shownBy: readonly { readonly name: string; readonly broken: readonly string[] }[];
}

/**
 * Runs worlds `seed`, `seed + 1`, … until one breaks a promise that is sought. By the promises alone: what a service
 * says of itself is no evidence.
 *
 * @param sought undefined: any promise
 */
export async function firstBroken(
  schedules: number,
  seed: number,
  sought: readonly string[] | undefined,
): Promise<FirstBroken> {
  // A trace of the stack costs more than most of what throws.
  Error.stackTraceLimit = 0;
  const services = await definitions();
  return outsidePromises(() => {
    let [first, found]: [BrokenSchedule | null, BrokenSchedule | null] = [null, null];
    for (let each = seed; each < seed + schedules && !found; each++) {
      const broken = brokenBy(run(planned(each), services, 'promises'));
      if (broken.length > 0) first ??= { seed: each, broken };
      if (broken.some((id) => sought?.includes(id) ?? true)) found = { seed: each, broken };
    }
    const shownBy = regressions
      .map(({ name, schedule }) => ({ name, broken: brokenBy(run(schedule, services, 'promises')) }))
      .filter(({ broken }) => broken.length > 0);
    return { first, found, shownBy };
  });
}
