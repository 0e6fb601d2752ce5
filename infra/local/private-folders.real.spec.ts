import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makePrivateFolders } from './private-folders.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-private-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function modesUnder(umask: number, isRoot: boolean): Promise<string[]> {
  const dataDir = join(folder, 'made');
  const before = process.umask(umask);
  try {
    await makePrivateFolders(dataDir, isRoot);
  } finally {
    process.umask(before);
  }
  const modes = ['', 'data', 'data/kafka', 'data/banks', 'logs', 'run'].map(async (name) => {
    return ((await stat(join(dataDir, name))).mode & 0o777).toString(8);
  });
  return Promise.all(modes);
}

describe('the folders of a data folder', () => {
  it.each([0o000, 0o022, 0o027, 0o077])('are their owner’s alone under the umask %i', async (umask) => {
    expect(await modesUnder(umask, false)).toEqual(['700', '700', '700', '700', '700', '700']);
  });

  it.each([0o000, 0o077])('let the user of Postgres pass where root made them under the umask %i', async (umask) => {
    expect(await modesUnder(umask, true)).toEqual(['711', '711', '700', '700', '700', '700']);
  });

  it('are closed where an earlier version has left them open, but not a folder that was there before', async () => {
    await chmod(folder, 0o755);
    await makePrivateFolders(folder, false);
    await chmod(join(folder, 'logs'), 0o755);
    await makePrivateFolders(folder, false);
    expect((await stat(join(folder, 'logs'))).mode & 0o777).toBe(0o700);
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
  });
});
