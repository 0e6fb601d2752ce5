import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';
import { glossaryFaults } from './glossary.js';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');

function sourcesOfThisRepository(): Map<string, string> {
  const git = ['ls-files', '--cached', '--others', '--exclude-standard', 'apps', 'libs', 'cli', 'proof', 'infra'];
  const files = execFileSync('git', git, { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\n')
    .filter((file) => /(?<!\.spec)\.ts$/.test(file) && !/\/fixtures\/|\/index\.ts$/.test(file))
    .filter((file) => existsSync(join(repositoryRoot, file)));
  return new Map(files.map((file) => [file, read(file)]));
}

describe('the glossary', () => {
  it('defines each word once, names existing types, and has every type that many files import', () => {
    const sources = sourcesOfThisRepository();
    expect(sources.size).toBeGreaterThan(500);
    expect(glossaryFaults(read('docs/glossary.md'), sources)).toEqual([]);
  });
});

describe('a wrong glossary', () => {
  const importing = (type: string): [string, string][] =>
    Array.from({ length: 12 }, (_, index) => [
      `libs/a/src/${type}-${index}.ts`,
      `import type { ${type} } from './lease.js';`,
    ]);
  const sources = new Map([
    ['libs/a/src/lease.ts', 'export class Lease {}\nexport interface Hold {}'],
    ...importing('Lease'),
  ]);

  it.each([
    ['| lease | owns a name | `Lease` |\n| owner (lease) | owns a name | `Lease` |', 'explains “lease” twice'],
    ['| lease | owns a name | `Lease`, `Lessor` |', 'names Lessor, which no file exports'],
    ['| hold | set aside | `Hold` |', 'lacks Lease, which 12 files import'],
  ])('is found: %j', (rows, fault) => {
    expect(glossaryFaults(rows, sources)).toEqual([fault]);
  });
});
