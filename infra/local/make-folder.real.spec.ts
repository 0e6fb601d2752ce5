import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeFolder } from './make-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a folder', () => {
  it('is created with its parents, once, also by two concurrent calls', async () => {
    const path = join(folder, 'a', 'b', 'c');
    const made = await Promise.all([makeFolder(path), makeFolder(path)]);
    expect(made.filter(Boolean)).toHaveLength(1);
    expect((await stat(path)).isDirectory()).toBe(true);
    expect(await makeFolder(path)).toBe(false);
  });

  it.each(['new', 'new/below/it'])('on a read-only disk is refused for that reason: %s', async (name) => {
    const refuse = (): Promise<never> => Promise.reject(Object.assign(new Error('EROFS'), { code: 'EROFS' }));
    await expect(makeFolder(join(folder, name), refuse)).rejects.toThrow('EROFS');
  });

  it('is not created in place of a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file'))).rejects.toThrow('EEXIST');
    await expect(makeFolder(join(folder, 'file', 'below'))).rejects.toThrow('EEXIST');
    await mkdir(join(folder, 'other'));
    expect(await makeFolder(join(folder, 'other'))).toBe(false);
  });
});
