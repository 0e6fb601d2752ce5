import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';
import type { Sabotage } from './sabotage.js';

/** A schedule, and the promises that were broken in it. */
export interface BrokenSchedule {
  readonly seed: number;
  readonly broken: readonly string[];
}

/** What was seen when a planted bug was tried out. */
export interface Measurement {
  /** The first schedule that was drawn, and how many there were at most. */
  readonly seed: number;
  readonly schedules: number;
  /** The first that broke one of the promises that the bug breaks; null: none did. */
  readonly found: BrokenSchedule | null;
  /** The first that broke anything. */
  readonly first: BrokenSchedule | null;
  /** The regressions that broke something: schedules that an earlier bug was found by. */
  readonly shownBy: readonly { readonly name: string; readonly broken: readonly string[] }[];
  /** Of a bug that a specification shows: whether it failed. */
  readonly specFailed?: boolean;
}

export type Measurements = Readonly<Record<string, Measurement>>;

/** Caught by what is to catch it; whatever else it breaks does not count. */
export function isCaught({ breaks, shownBySpec }: Sabotage, measured: Measurement): boolean {
  if (shownBySpec) return measured.specFailed === true;
  return measured.found !== null || regressionsOf({ breaks }, measured).length > 0;
}

/** The regressions that show a bug by one of its own promises. */
export function regressionsOf(
  { breaks }: Pick<Sabotage, 'breaks'>,
  { shownBy }: Measurement,
): Measurement['shownBy'][number][] {
  return shownBy.filter(({ broken }) => broken.some((id) => breaks.some((promise) => promise === id)));
}

const file = join(repositoryRoot, 'proof', 'planted-bugs', 'measured.json');

/** What was measured last, by name. */
export async function readMeasurements(): Promise<Measurements> {
  return JSON.parse(await readFile(file, 'utf8')) as Measurements;
}

/** A line for each bug, so that a change of one shows as one. */
export async function writeMeasurements(sabotages: readonly Sabotage[], measured: Measurements): Promise<void> {
  const lines = sabotages.flatMap(({ name }) =>
    measured[name] ? [`  ${JSON.stringify(name)}: ${JSON.stringify(measured[name])}`] : [],
  );
  await writeFile(file, `{\n${lines.join(',\n')}\n}\n`);
}
