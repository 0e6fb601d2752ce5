import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, jest } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';

jest.setTimeout(240_000);

/**
 * The suite itself, for less than half a minute of faults from a seed that nobody chose. What a run must have reached
 * is a campaign's business: `npm run chaos -- --runs 10`.
 */
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

/** Seed, every broken promise with its cases, how to repeat it, and where the run's files are kept. */
function essentialsOf(said: string): string[] {
  const lines = said.split('\n');
  const telling = lines.filter((line) => /^(✗|Broken|Report:|Kept:| {4}\S)|could not be done|Error/.test(line));
  return [lines[0] ?? '', ...(telling.length > 0 ? telling : lines.slice(-20))];
}
