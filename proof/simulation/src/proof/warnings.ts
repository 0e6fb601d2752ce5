import { expectedWarnings, unusedWarnings, type ExpectedWarning } from '#checker';

/** Name of the counter of an expected warning. */
export const countOfWarning = (id: string): string => `warning ${id}`;

/** Expected warnings that did not occur in a campaign. Empty for a short campaign. */
export function unused(schedules: number, counts: ReadonlyMap<string, number>): ExpectedWarning[] {
  const uses = new Map(expectedWarnings.map(({ id }) => [id, counts.get(countOfWarning(id)) ?? 0]));
  return unusedWarnings({ suite: 'simulation', size: schedules, uses });
}

/** One line per unused expected warning. */
export const unusedInWords = (schedules: number, counts: ReadonlyMap<string, number>): string[] =>
  unused(schedules, counts).map(({ id }) => `expected and never provoked: the warning ${id}`);
