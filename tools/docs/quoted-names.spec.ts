import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { commands } from '../../cli/src/commands.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { anchorsIn, unknownNames, type Repository } from './quoted-names.js';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
const git = ['ls-files', '--cached', '--others', '--exclude-standard'];
const files = execFileSync('git', git, { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: 1 << 26 })
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(repositoryRoot, file)));

function thisRepository(): Repository {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const isTest = (file: string): boolean => /\.spec\.ts$|\/testing\/|^test\//.test(file);
  const isSource = (file: string): boolean => /\.(ts|mjs|yml|sh)$|Dockerfile|\/docker\//.test(file);
  return {
    files: new Set(files),
    scripts: new Set(Object.keys(scripts)),
    commands: new Set(Object.keys(commands)),
    sources: files.filter(isSource).map(read).join('\n'),
    tests: files.filter(isTest).map(read).join('\n'),
    anchorsOf: (page) => anchorsIn(read(page)),
  };
}

describe('the pages', () => {
  it('quote only existing files, headings, settings, commands and tests', () => {
    const repository = thisRepository();
    const pages = files.filter((file) => file.endsWith('.md') && !file.includes('/fixtures/'));
    expect(pages.length).toBeGreaterThan(30);
    expect(pages.flatMap((page) => unknownNames(page, read(page), repository))).toEqual([]);
  });
});

describe('a page with a wrong name', () => {
  const repository: Repository = {
    files: new Set(['docs/there.md', 'libs/saga/src/batch.ts', 'docs/page.md']),
    scripts: new Set(['chaos']),
    commands: new Set(['books']),
    sources: 'const settings = { DATABASE_URL: text };',
    tests: "it('a second delivery in one batch is dropped', () => {});",
    anchorsOf: () => anchorsIn('# There\n## Why `npm run x` — and when?\n'),
  };
  const unknown = (text: string): string[] => unknownNames('docs/page.md', text, repository);

  it.each([
    ['[gone](gone.md)', 'links to gone.md'],
    ['[there](there.md#elsewhere)', 'links to there.md#elsewhere'],
    ['Reads `libs/saga/src/gone.ts`.', 'names the file libs/saga/src/gone.ts'],
    ['See `banks.md`.', 'names the file banks.md'],
    ['Set `DATABASE_URI`.', 'names the setting DATABASE_URI'],
    ['Run `npm run bocks`.', 'calls npm run bocks'],
    ['Run `npx holdfast bocks`.', 'calls holdfast bocks'],
    ['## Tests\n\n`batch.spec.ts`: *a third delivery is dropped*', 'names the test “a third delivery is dropped”'],
  ])('is found: %j', (text, what) => {
    const found = unknown(text.replace('`batch.spec.ts`', '`batch.ts`'));
    expect(found).toEqual([`docs/page.md: ${what}`]);
  });

  it.each([
    '[there](there.md#why-npm-run-x--and-when), [here](#there), [web](https://example.com/x.md)',
    'Reads `batch.ts`, `saga/src/batch.ts` and `.holdfast/state.json`; set `DATABASE_URL`; run `npm run chaos`.',
    '## Tests\n\n`batch.ts`: *a second delivery in one batch is dropped*, and *a second delivery in one batch*.',
    '```sh\nnpx holdfast books # of `gone.ts`\n```',
  ])('is not reported for %j', (text) => {
    expect(unknown(text)).toEqual([]);
  });
});
