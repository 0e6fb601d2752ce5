import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';

const BUILT = /\bdist\/((?:apps|libs|cli|proof|tools|infra)\/[\w./-]+)\.js\b/g;

it('commands, scripts and containers name only built files that have a source', () => {
  const files = execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.json', '*.yml', '*.sh', '*.md'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const named = files
    .split('\n')
    .filter((file) => file !== '' && existsSync(join(repositoryRoot, file)))
    .flatMap((file) =>
      [...readFileSync(join(repositoryRoot, file), 'utf8').matchAll(BUILT)].map(([, path]) => ({ file, path: path! })),
    );
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter(({ path }) => !existsSync(join(repositoryRoot, `${path}.ts`)))).toEqual([]);
});
