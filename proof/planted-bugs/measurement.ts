import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';
import type { Sabotage } from './sabotage.js';

/** A schedule, and the promises that were broken in it. */
export interface BrokenSchedule {
  readonly seed: number;
  readonly broken: readonly string[];
}

/** Result of trying a planted bug. */
export interface Measurement {
  /** First seed, and the largest number of seeds tried. */
  readonly seed: number;
  readonly schedules: number;
  /** The first schedule that broke a promise of the bug. Null if none did. */
  readonly found: BrokenSchedule | null;
  /** The first schedule that broke any promise. */
  readonly first: BrokenSchedule | null;
  /** Regressions (schedules that found an earlier bug) that broke a promise. */
  readonly shownBy: readonly { readonly name: string; readonly broken: readonly string[] }[];
  /** For a bug that a test shows: whether that test failed. */
  readonly specFailed?: boolean;
}

export type Measurements = Readonly<Record<string, Measurement>>;

/** Whether one of the bug's own promises, or its own test, failed. Other failures do not count. */
export function isCaught({ breaks, shownBySpec }: Sabotage, measured: Measurement): boolean {
  if (shownBySpec) return measured.specFailed === true;
  return measured.found !== null || regressionsOf({ breaks }, measured).length > 0;
}

/** The regressions in which one of the bug's own promises was broken. */
export function regressionsOf(
  { breaks }: Pick<Sabotage, 'breaks'>,
  { shownBy }: Measurement,
): Measurement['shownBy'][number][] {
  return shownBy.filter(({ broken }) => broken.some((id) => breaks.some((promise) => promise === id)));
}

const file = join(repositoryRoot, 'proof', 'planted-bugs', 'measured.json');

/** The last measurements, by name of the bug. */
export async function readMeasurements(): Promise<Measurements> {
  return JSON.parse(await readFile(file, 'utf8')) as Measurements;
}

/** Writes one line per bug, so that a diff shows which have changed. */
export async function writeMeasurements(sabotages: readonly Sabotage[], measured: Measurements): Promise<void> {
  const lines = sabotages.flatMap(({ name }) =>
    measured[name] ? [`  ${JSON.stringify(name)}: ${JSON.stringify(measured[name])}`] : [],
  );
  await writeFile(file, `{\n${lines.join(',\n')}\n}\n`);
}
