import { LONG_CAMPAIGN_WORLDS, sometimesInSimulation, type SimulatedSometimesId, type Sometimes } from '#checker';
import { tooLittle } from './enough.js';
import { unused } from './warnings.js';

/** Name of the counter of a hard state. */
export const countOf = (id: SimulatedSometimesId): string => `sometimes ${id}`;

/** A campaign of this many schedules must reach all hard states. */
export const REACHES_ALL_FROM = LONG_CAMPAIGN_WORLDS;

/** Hard states that a campaign did not reach. Empty for a short campaign. */
export function missed(schedules: number, counts: ReadonlyMap<string, number>): Sometimes<SimulatedSometimesId>[] {
  if (schedules < REACHES_ALL_FROM) return [];
  return sometimesInSimulation.filter(({ id }) => (counts.get(countOf(id)) ?? 0) === 0);
}

/** One line per missed hard state. */
export const missedInWords = (schedules: number, counts: ReadonlyMap<string, number>): string[] =>
  missed(schedules, counts).map(({ what }) => `never reached: ${what}`);

interface Ended {
  readonly schedules: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly failures: readonly unknown[];
}

/** Exit code. A campaign also fails if it missed hard states or expected warnings, or had too little activity. */
export function exitCodeOf({ schedules, counts, failures }: Ended): 0 | 1 {
  const owed = [...missed(schedules, counts), ...unused(schedules, counts), ...tooLittle(counts)];
  return failures.length === 0 && owed.length === 0 ? 0 : 1;
}

/** One line per hard state, with its count. */
export function reachedInWords(counts: ReadonlyMap<string, number>): string[] {
  return sometimesInSimulation.map(({ id, what }) => `  ${String(counts.get(countOf(id)) ?? 0).padStart(9)}  ${what}`);
}
