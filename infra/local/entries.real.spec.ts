import { execFile, type ExecFileException } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from './repository.js';

const run = promisify(execFile);

/** Jest resolves imports in a way of its own: that Node finds every one of them, only Node can show. */
describe('what npm start and its like run', () => {
  it.each(['infra/local/main.js', 'apps/bench/src/main.js'])(
    '%s is loaded by Node, and says how it is used',
    async (entry) => {
      const { stdout } = await run(process.execPath, [`dist/${entry}`, '--help'], {
        cwd: repositoryRoot,
        env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
      });
      expect(stdout).toMatch(/npm (start|run)/);
    },
  );
});

describe("an operator's command", () => {
  it.each([
    ['books', ['apps/ledger/src/show-books.js']],
    ['ledger:limit', ['apps/ledger/src/limit.js', 'acct_1']],
    ['payments:key', ['apps/payments-api/src/accounts/provision-key.js', 'shop']],
    ['payments:verify', ['apps/payments-api/src/charges/verify-projection.js']],
    ['parked', ['cli/src/parked/main.js', 'list']],
  ])('%s ends with one sentence when no Postgres answers', async (_, [entry = '', ...args]) => {
    const ended = await run(process.execPath, ['dist/infra/local/operate.js', `dist/${entry}`, ...args], {
      cwd: repositoryRoot,
      env: { PATH: process.env.PATH, DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/postgres' },
      timeout: 30_000,
    }).catch((error: ExecFileException) => error);
    expect(ended).toMatchObject({ killed: false, stdout: '' });
    expect(ended.stderr).toMatch(
      /^[^\n]*the Postgres at 127\.0\.0\.1:1 does not answer: connect ECONNREFUSED[^\n]*\n$/,
    );
  });

  it('says so when nothing runs here', async () => {
    const ended = await run(process.execPath, ['dist/infra/local/ctl.js'], {
      cwd: repositoryRoot,
      env: { PATH: process.env.PATH, HOLDFAST_DATA_DIR: '/nowhere' },
    }).catch((error: ExecFileException) => error);
    expect(ended.stderr).toBe('It does not run: start it with npm start.\n');
  });
});
