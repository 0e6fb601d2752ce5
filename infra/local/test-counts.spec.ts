import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from './repository.js';

type Compared = { readonly fails: boolean; readonly line?: string };

/** In a process of its own: the program is no module of Jest's. */
async function compared(count: number): Promise<Compared> {
  const program = `
    const { compareCount } = await import(${JSON.stringify(join(repositoryRoot, 'infra/local/test-counts.mjs'))});
    console.log(JSON.stringify(compareCount('unit', ${count}, { unit: 100, real: 7 })));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return JSON.parse(stdout) as Compared;
}

describe('the count of tests', () => {
  it('fails when it falls, and says what to do when that is meant', async () => {
    const { fails, line } = await compared(99);
    expect(fails).toBe(true);
    expect(line).toMatch(/^FAIL count unit: 99 tests, and 100 are written down .* npm run test:counts$/);
    expect(await compared(100)).toEqual({ fails: false });
  });

  it('asks to be written down when it rises, and fails nothing', async () => {
    expect(await compared(103)).toEqual({
      fails: false,
      line: 'unit: 3 tests more than written down; npm run test:counts',
    });
  });

  it('is written down for each project', async () => {
    const counts = JSON.parse(await readFile(join(repositoryRoot, 'test/counts.json'), 'utf8')) as object;
    expect(Object.keys(counts)).toEqual(['unit', 'real', 'system', 'compose']);
    expect(Object.values(counts).filter((count) => !(Number.isInteger(count) && count > 0))).toEqual([]);
  });
});
