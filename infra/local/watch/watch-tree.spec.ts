import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { watchTree } from './watch-tree.js';

let root: string;
let told: string[];
let end: () => void;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-tree-'));
  mkdirSync(join(root, 'a/b'), { recursive: true });
  writeFileSync(join(root, 'a/b/file'), '1');
  told = [];
  end = watchTree(
    root,
    (path) => told.push(path),
    (error) => told.push(error.message),
  );
});
afterEach(() => {
  end();
  rmSync(root, { recursive: true });
});

async function isTold(path: string): Promise<void> {
  await eventually(`${path} is told`, () => Promise.resolve(told.includes(path)));
  told.length = 0;
}

describe('a watched tree', () => {
  it('tells of a file that is written, each time', async () => {
    for (const text of ['2', '3']) {
      writeFileSync(join(root, 'a/b/file'), text);
      await isTold('a/b/file');
    }
  });

  it('tells of a file that is replaced by a rename, each time', async () => {
    for (const text of ['2', '3', '4']) {
      writeFileSync(join(root, 'a/b/new'), text);
      await isTold('a/b/new');
      renameSync(join(root, 'a/b/new'), join(root, 'a/b/file'));
      await isTold('a/b/file');
    }
  });

  it('tells of files in a folder that is added, removed and added again', async () => {
    for (const text of ['1', '2']) {
      mkdirSync(join(root, 'c/d'), { recursive: true });
      writeFileSync(join(root, 'c/d/file'), text);
      await isTold('c/d/file');
      writeFileSync(join(root, 'c/d/file'), `${text}${text}`);
      await isTold('c/d/file');
      rmSync(join(root, 'c'), { recursive: true });
      await isTold('c');
    }
  });

  it('tells nothing once it has ended', async () => {
    end();
    writeFileSync(join(root, 'a/b/file'), '2');
    const other = watchTree(
      root,
      (path) => told.push(`other ${path}`),
      () => undefined,
    );
    writeFileSync(join(root, 'a/b/file'), '3');
    await isTold('other a/b/file');
    other();
    expect(told).toEqual([]);
  });
});
