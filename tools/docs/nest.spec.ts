import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
const row = /^\| (\d+) \| \[([^\]]+)\]\(\.\.\/([^)]+)\)/gm;

describe('docs/nest.md', () => {
  const rows = [...read('docs/nest.md').matchAll(row)].map(([, place, name, file]) => ({ place, name, file }));

  it('links ten files, each under its own name', () => {
    expect(rows.map(({ place }) => Number(place))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(rows.filter(({ name, file }) => name !== file)).toEqual([]);
  });

  it('links files of fewer than 150 lines each', () => {
    const long = rows.filter(({ file }) => read(file!).split('\n').length > 150);
    expect(long).toEqual([]);
  });
});
