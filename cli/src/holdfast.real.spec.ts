import { execFile, type ExecFileException } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';
import { commands } from './commands.js';

/** Runs the command with the given environment only. @returns output and exit code */
async function holdfast(words: readonly string[], environment: Record<string, string> = {}) {
  return promisify(execFile)(process.execPath, ['cli/holdfast.mjs', ...words], {
    cwd: repositoryRoot,
    env: { PATH: '', HOLDFAST_DATA_DIR: '/nowhere', ...environment },
    timeout: 30_000,
  }).then(
    ({ stdout, stderr }) => ({ code: 0 as const, stdout, stderr }),
    ({ code, stdout, stderr }: ExecFileException) => ({ code, stdout, stderr }),
  );
}

const names = Object.keys(commands);

describe('holdfast', () => {
  it('lists its commands', async () => {
    const { code, stdout } = await holdfast([]);
    expect(code).toBe(0);
    expect(names.filter((name) => !stdout!.includes(`\n  ${name} `))).toEqual([]);
    expect((await holdfast(['--help'])).stdout).toBe(stdout);
  });

  it.each(names)('%s --help shows its usage without a running system', async (name) => {
    const { code, stdout, stderr } = await holdfast([name, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^holdfast ${name}`));
    expect((await holdfast(['help', name])).stdout).toBe(stdout);
  });

  it('suggests the nearest command', async () => {
    expect(await holdfast(['verfiy'])).toMatchObject({
      code: 2,
      stderr: 'There is no command verfiy: did you mean verify? See holdfast --help.\n',
    });
    expect(await holdfast(['reconcile'])).toMatchObject({
      code: 2,
      stderr: `There is no command reconcile; there are: ${Object.keys(commands).join(', ')}. See holdfast --help.\n`,
    });
  });

  it.each([
    ['why', ['ch_00000000000'], 'PAYMENTS_ADMIN_URL'],
    ['faults', [], 'BANKS_ADMIN_URL'],
    ['ctl', [], 'controlled where they run'],
    ['books', [], 'DATABASE_URL'],
    ['limit', ['acct_1'], 'DATABASE_URL'],
    ['key', ['shop'], 'DATABASE_URL'],
    ['parked', [], 'DATABASE_URL'],
    ['verify', [], 'DATABASE_URL'],
  ])('%s fails with one sentence without a running system', async (name, words, elsewhere) => {
    const { code, stdout, stderr } = await holdfast([name, ...words]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^It does not run: start it with npm start\\.[^\\n]*${elsewhere}[^\\n]*\\n$`));
  });

  it.each([
    ['books', []],
    ['limit', ['acct_1']],
    ['key', ['shop']],
    ['parked', ['list']],
    ['verify', ['--banks-admin-url', 'http://127.0.0.1:1']],
  ])('%s fails with one sentence if no Postgres answers', async (name, words) => {
    const ended = await holdfast([name, ...words], { DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/postgres' });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(
      /^[^\n]*the Postgres at 127\.0\.0\.1:1 does not answer: connect ECONNREFUSED[^\n]*\n$/,
    );
  });

  it.each([
    ['why', ['order-7'], 'order-7 is no charge'],
    ['books', ['now'], 'See holdfast books --help.'],
    ['limit', ['shop'], 'See holdfast limit --help.'],
    ['key', [], 'See holdfast key --help.'],
    ['faults', ['--banks-admin-url', 'nowhere'], 'is no URL'],
  ])('%s gives a remedy for a wrong argument', async (name, words, sentence) => {
    const somewhere = { DATABASE_URL: 'postgres://me@127.0.0.1:1/postgres', BANKS_ADMIN_URL: 'http://127.0.0.1:1' };
    const { code, stderr } = await holdfast([name, ...words], somewhere);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
