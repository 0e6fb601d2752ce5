import { expectedWarnings, unusedWarnings, type ExpectedWarning } from '#checker';

/** How the uses of an expected warning are called among the counts of a campaign. */
export const countOfWarning = (id: string): string => `warning ${id}`;

/** Expected warnings that nothing in a campaign brought about, though it was long enough. */
export function unused(schedules: number, counts: ReadonlyMap<string, number>): ExpectedWarning[] {
  const uses = new Map(expectedWarnings.map(({ id }) => [id, counts.get(countOfWarning(id)) ?? 0]));
  return unusedWarnings({ suite: 'simulation', size: schedules, uses });
}

/** For people: a line for each. */
export const unusedInWords = (schedules: number, counts: ReadonlyMap<string, number>): string[] =>
  unused(schedules, counts).map(({ id }) => `expected and never provoked: the warning ${id}`);
