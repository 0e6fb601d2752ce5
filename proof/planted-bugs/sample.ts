import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { repositoryRoot } from '../../infra/local/repository.js';
import type { Measurement, Measurements } from './measurement.js';
import type { Sabotage } from './sabotage.js';
import type { TrialSize } from './try-out.js';

/** A bug that shows sooner is in the sample: what shows it more seldom would take too long when schedules have changed. */
const SHOWS_WITHIN = 40;
/** When the schedule that showed it last does not any more: several times as many as it took then. */
const WIDER_SCHEDULES = 200;

export interface SampledBug {
  readonly sabotage: Sabotage;
  /** Tried one after the other until it is caught. */
  readonly extents: readonly TrialSize[];
}

/** So many bugs, other ones for each commit: a bug is as likely to be among them as any other. */
export function sampleOf(
  sabotages: readonly Sabotage[],
  measured: Measurements,
  commit: string,
  size: number,
): SampledBug[] {
  return sabotages
    .filter((sabotage) => isQuick(sabotage, measured[sabotage.name]))
    .map((sabotage) => ({ sabotage, rank: rankOf(commit, sabotage.name) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, size)
    .map(({ sabotage }) => ({ sabotage, extents: extentsOf(measured[sabotage.name]!) }));
}

function isQuick({ shownBySpec }: Sabotage, measured: Measurement | undefined): boolean {
  if (shownBySpec) return measured?.specFailed === true && !shownBySpec.file.endsWith('.real.spec.ts');
  return measured?.found ? measured.found.seed - measured.seed < SHOWS_WITHIN : false;
}

function extentsOf({ seed, found }: Measurement): TrialSize[] {
  return found
    ? [
        { seed: found.seed, schedules: 1 },
        { seed, schedules: WIDER_SCHEDULES },
      ]
    : [{ seed, schedules: 0 }];
}

const rankOf = (commit: string, name: string): string => createHash('sha256').update(`${commit} ${name}`).digest('hex');

/** What is checked out; the same sample every time where git does not say. */
export function currentCommit(): Promise<string> {
  return new Promise((resolve) => {
    execFile('git', ['rev-parse', 'HEAD'], { cwd: repositoryRoot }, (error, stdout) =>
      resolve(error ? 'unknown' : stdout.trim()),
    );
  });
}
