import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measurement } from './measurement.js';
import type { Sabotage } from './sabotage.js';
import { brokenBuild, brokenSources, scratchFolder } from './scratch.js';

export interface TrialSize {
  readonly seed: number;
  readonly schedules: number;
}

/**
 * Plants a bug in a copy of the code, and runs the simulation or the bug's test on it.
 *
 * @param interrupted kills the run; the copy is still removed
 * @throws Error if the run ends without a result
 */
export async function tryOut(sabotage: Sabotage, extent: TrialSize, interrupted: AbortSignal): Promise<Measurement> {
  const directory = join(scratchFolder, `${sabotage.name}-${process.pid}`);
  try {
    return await (sabotage.shownBySpec
      ? runSpec(sabotage, sabotage.shownBySpec.file, directory, interrupted)
      : runWorlds(sabotage, extent, directory, interrupted));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runWorlds(
  sabotage: Sabotage,
  { seed, schedules }: TrialSize,
  directory: string,
  interrupted: AbortSignal,
): Promise<Measurement> {
  await brokenBuild(sabotage, directory);
  const main = join(directory, 'dist/proof/simulation/src/main.js');
  const sought = ['--until-broken', '--sought', sabotage.breaks.join()];
  const extent = ['--schedules', String(schedules), '--seed', String(seed)];
  const args = ['--no-warnings', '--single-threaded-gc', main, ...sought, ...extent];
  const output = await outputOf(args, directory, {}, interrupted);
  const line = output.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error('the simulation ended without a result');
  return { seed, schedules, ...(JSON.parse(line) as Pick<Measurement, 'found' | 'first' | 'shownBy'>) };
}

async function runSpec(
  sabotage: Sabotage,
  file: string,
  directory: string,
  interrupted: AbortSignal,
): Promise<Measurement> {
  await brokenSources(sabotage, directory);
  const report = join(directory, 'report.json');
  const project = file.endsWith('.real.spec.ts') ? 'real' : 'unit';
  const args = ['node_modules/jest/bin/jest.js', '--selectProjects', project, '--maxWorkers=1', '--forceExit'];
  const options = ['--json', `--outputFile=${report}`, '--silent', file];
  const environment = { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' };
  await outputOf([...args, ...options], directory, environment, interrupted);
  const json = await readFile(report, 'utf8').catch(() => '{}');
  const { numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(json) as Record<string, number>;
  // A suite that cannot be loaded means a broken copy, not a caught bug.
  if (numFailedTests === undefined || numRuntimeErrorTestSuites !== 0)
    throw new Error(`${file} could not be run on the copy`);
  return { seed: 0, schedules: 0, found: null, first: null, shownBy: [], specFailed: numFailedTests > 0 };
}

/** Runs Node and returns its standard output. Standard error is ignored: a broken copy logs errors as expected. */
function outputOf(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
  const end = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', end);
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  return new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(output));
  }).finally(() => signal.removeEventListener('abort', end));
}
