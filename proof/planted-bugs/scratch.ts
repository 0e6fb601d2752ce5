import { link, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transform } from '@swc/core';
import { repositoryRoot } from '../../infra/local/repository.js';
import type { SourceEdit, Sabotage } from './sabotage.js';

/** Copies of the code that are broken on purpose; nothing in it outlives the command that made it. */
export const scratchFolder = join(repositoryRoot, '.holdfast', 'sabotage');

/** The text with one edit made. @throws Error when what it looks for does not stand there exactly once */
export function edited(text: string, { file, find, replace }: SourceEdit): string {
  const [before, after, ...more] = text.split(find);
  if (after === undefined || more.length > 0) {
    throw new Error(`${file}: ${after === undefined ? 'nowhere' : 'more than once'}: ${find}`);
  }
  return `${before}${replace}${after}`;
}

/** The sources that a sabotage changes, as they are then. */
export async function sourcesOf({ edits }: Sabotage): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for (const edit of edits) {
    const text = sources.get(edit.file) ?? (await readFile(join(repositoryRoot, edit.file), 'utf8'));
    sources.set(edit.file, edited(text, edit));
  }
  return sources;
}

/** A copy of what was built, with the sabotage in it; production holds no switch for it. */
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

/** A copy of the sources, with the sabotage in it, for Jest. */
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

/** By hard links: a copy costs names, not contents. */
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

/** Removed first: to write into a linked file would write into the original. */
async function replaceIn(directory: string, file: string, text: string): Promise<void> {
  const target = join(directory, file);
  await rm(target, { force: true });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}
