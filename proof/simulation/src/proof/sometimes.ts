import { LONG_CAMPAIGN_WORLDS, sometimesInSimulation, type SimulatedSometimesId, type Sometimes } from '#checker';
import { tooLittle } from './enough.js';
import { unused } from './warnings.js';

/** How its count is called among the others of a campaign. */
export const countOf = (id: SimulatedSometimesId): string => `sometimes ${id}`;

/** From so many schedules on a campaign must have reached all of them. */
export const REACHES_ALL_FROM = LONG_CAMPAIGN_WORLDS;

/** What a campaign has not reached though it was long enough; empty for a short one. */
export function missed(schedules: number, counts: ReadonlyMap<string, number>): Sometimes<SimulatedSometimesId>[] {
  if (schedules < REACHES_ALL_FROM) return [];
  return sometimesInSimulation.filter(({ id }) => (counts.get(countOf(id)) ?? 0) === 0);
}

/** For people: a line for each that is missing. */
export const missedInWords = (schedules: number, counts: ReadonlyMap<string, number>): string[] =>
  missed(schedules, counts).map(({ what }) => `never reached: ${what}`);

interface Ended {
  readonly schedules: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly failures: readonly unknown[];
}

/** A campaign that broke nothing, but did not try hard enough, has failed as well. */
export function exitCodeOf({ schedules, counts, failures }: Ended): 0 | 1 {
  const owed = [...missed(schedules, counts), ...unused(schedules, counts), ...tooLittle(counts)];
  return failures.length === 0 && owed.length === 0 ? 0 : 1;
}

/** For people: a line for each, with how often it was reached. */
export function reachedInWords(counts: ReadonlyMap<string, number>): string[] {
  return sometimesInSimulation.map(({ id, what }) => `  ${String(counts.get(countOf(id)) ?? 0).padStart(9)}  ${what}`);
}
