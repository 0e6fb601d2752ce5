import { outsidePromises } from '#virtual-time';
import { regressions } from '../regressions/regressions.js';
import { planned } from '../schedule/schedule.js';
import { brokenBy, definitions, run } from './one-run.js';

interface BrokenSchedule {
  readonly seed: number;
  readonly broken: readonly string[];
}

/** Result of running worlds on code with a planted bug. */
export interface FirstBroken {
  /** The first world that broke any promise. */
  readonly first: BrokenSchedule | null;
  /** The first world that broke one of the sought promises. */
  readonly found: BrokenSchedule | null;
  /** Regressions that broke a promise. */
  readonly shownBy: readonly { readonly name: string; readonly broken: readonly string[] }[];
}

/**
 * Runs worlds `seed`, `seed + 1`, … until one breaks a sought promise. Log lines do not count.
 *
 * @param sought undefined for any promise
 */
export async function firstBroken(
  schedules: number,
  seed: number,
  sought: readonly string[] | undefined,
): Promise<FirstBroken> {
  // Stack traces cost more than most of the code that throws.
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
