import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, jest } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';

jest.setTimeout(240_000);

/** Runs the chaos suite for less than half a minute, with a random seed. Only a campaign must reach all hard states. */
it('a short chaos run is sound', async () => {
  const { code, said } = await chaos('--minutes', '0.4');
  process.stderr.write(`Chaos: ${said.split('\n')[0]}\n`);
  expect({ code, ...(code !== 0 && { said: essentialsOf(said) }) }).toEqual({ code: 0 });
});

async function chaos(...args: string[]): Promise<{ code: number; said: string }> {
  const main = 'dist/proof/chaos/src/main.js';
  const options = { cwd: repositoryRoot, env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: 16 * 1024 * 1024 };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', main, ...args], options);
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code: number; stdout?: string; stderr?: string };
    return { code, said: stdout + stderr };
  }
}

/** Seed, broken promises with their cases, the command that repeats the run, and the folder of its files. */
function essentialsOf(said: string): string[] {
  const lines = said.split('\n');
  const telling = lines.filter((line) => /^(✗|Broken|Report:|Kept:| {4}\S)|could not be injected|Error/.test(line));
  return [lines[0] ?? '', ...(telling.length > 0 ? telling : lines.slice(-20))];
}
