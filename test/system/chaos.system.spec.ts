import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, jest } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';

jest.setTimeout(240_000);

/** The suite itself, for half a minute from a seed that nobody chose; a campaign is a person's to run. */
it('a short chaos run is sound', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', 'dist/apps/chaos/src/main.js', '--minutes', '0.4'],
    { cwd: repositoryRoot, env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: 16 * 1024 * 1024 },
  ).catch(({ stdout = 'it did not even begin' }: { stdout?: string }) => ({ stdout }));
  process.stdout.write(`${stdout.split('\n')[0]}\n`);
  expect(stdout).toContain('Every promise was kept.');
});
