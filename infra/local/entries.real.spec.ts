import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from './repository.js';

const run = promisify(execFile);

/** Jest resolves imports in a way of its own: that Node finds every one of them, only Node can show. */
describe('what npm start and its like run', () => {
  it.each(['infra/local/main.js', 'proof/bench/src/main.js'])(
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
