import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { repositoryRoot } from '../../infra/local/repository.js';
import type { Measurement, Measurements } from './measurement.js';
import type { Sabotage } from './sabotage.js';
import type { TrialSize } from './try-out.js';

/** Only bugs shown within this many seeds are sampled. Rarer ones would take too long once schedules have changed. */
const SHOWS_WITHIN = 40;
/** Seeds tried if the one that showed the bug last no longer does. */
const WIDER_SCHEDULES = 200;

export interface SampledBug {
  readonly sabotage: Sabotage;
  /** Tried in order until the bug is caught. */
  readonly extents: readonly TrialSize[];
}

/** A sample of `size` bugs, uniform and determined by the commit. */
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

/** Hash of HEAD, or `unknown` without git. */
export function currentCommit(): Promise<string> {
  return new Promise((resolve) => {
    execFile('git', ['rev-parse', 'HEAD'], { cwd: repositoryRoot }, (error, stdout) =>
      resolve(error ? 'unknown' : stdout.trim()),
    );
  });
}
