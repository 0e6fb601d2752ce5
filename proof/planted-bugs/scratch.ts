import { link, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transform } from '@swc/core';
import { repositoryRoot } from '../../infra/local/repository.js';
import type { SourceEdit, Sabotage } from './sabotage.js';

/** Folder of the patched copies. Each command removes its own. */
export const scratchFolder = join(repositoryRoot, '.holdfast', 'sabotage');

/** The text with one edit applied. @throws Error if the searched text does not match exactly once */
export function edited(text: string, { file, find, replace }: SourceEdit): string {
  const [before, after, ...more] = text.split(find);
  if (after === undefined || more.length > 0) {
    throw new Error(`${file}: matches ${after === undefined ? 'nowhere' : 'more than once'}: ${find}`);
  }
  return `${before}${replace}${after}`;
}

/** The patched sources of a bug, by file name. */
export async function sourcesOf({ edits }: Sabotage): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for (const edit of edits) {
    const text = sources.get(edit.file) ?? (await readFile(join(repositoryRoot, edit.file), 'utf8'));
    sources.set(edit.file, edited(text, edit));
  }
  return sources;
}

/** Copies the build and patches it: production code has no switch for a bug. */
export async function brokenBuild(sabotage: Sabotage, directory: string): Promise<void> {
  await copyOf(['dist', 'package.json'], directory);
  for (const [file, source] of await sourcesOf(sabotage)) {
    const { code } = await transform(source, {
      filename: file,
      swcrc: true,
      cwd: repositoryRoot,
      root: repositoryRoot,
    });
    await replaceIn(directory, join('dist', file.replace(/\.ts$/, '.js')), code);
  }
}

/** Copies the sources and patches them, for Jest. */
export async function brokenSources(sabotage: Sabotage, directory: string): Promise<void> {
  await copyOf(
    [
      'apps',
      'libs',
      'cli',
      'proof',
      'tools',
      'infra',
      'test',
      'docs',
      'package.json',
      'package-lock.json',
      'jest.config.js',
      '.swcrc',
    ],
    directory,
  );
  for (const [file, source] of await sourcesOf(sabotage)) await replaceIn(directory, file, source);
}

/** Copies by hard links, which is fast and takes no space. */
async function copyOf(entries: readonly string[], directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  for (const entry of entries) await linkTree(join(repositoryRoot, entry), join(directory, entry));
  await symlink(join(repositoryRoot, 'node_modules'), join(directory, 'node_modules'));
}

async function linkTree(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return link(from, to);
  await mkdir(to);
  await Promise.all(entries.map(({ name }) => linkTree(join(from, name), join(to, name))));
}

/** Removes the file first: writing into a hard link would change the original. */
async function replaceIn(directory: string, file: string, text: string): Promise<void> {
  const target = join(directory, file);
  await rm(target, { force: true });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}
