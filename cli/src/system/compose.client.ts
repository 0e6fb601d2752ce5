import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../../infra/local/repository.js';
import type { ExitCode } from '../command.js';
import { composeIn } from '../ctl/control-compose.js';
import { composeContainersIn, type ComposeContainer } from './compose-containers.js';

const ANSWER_WITHIN_MS = 10_000;
const project = composeIn(repositoryRoot);

/** The containers of this clone's system, those included that do not run now; none where Docker does not answer. */
export async function composeContainers(): Promise<readonly ComposeContainer[]> {
  return promisify(execFile)('docker', [...project, 'ps', '--all', '--format', 'json'], {
    timeout: ANSWER_WITHIN_MS,
  }).then(
    ({ stdout }) => composeContainersIn(stdout),
    () => [],
  );
}

/** Runs holdfast in a container of its own, beside the others. */
export async function holdfastInContainer(words: readonly string[]): Promise<ExitCode> {
  const run = spawn('docker', [...project, '--progress', 'quiet', 'run', '--rm', 'holdfast', ...words], {
    stdio: 'inherit',
  });
  const [code] = (await once(run, 'exit')) as [number | null];
  return code === 0 || code === 1 ? code : 2;
}
