import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transform } from '@swc/core';
import { repositoryRoot } from '../local/repository.js';
import type { Edit, Sabotage } from './sabotages.js';

/** The text with one edit made. @throws Error when what it looks for does not stand there exactly once */
export function edited(text: string, { file, find, replace }: Edit): string {
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
export async function scratchOf(sabotage: Sabotage, directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await cp(join(repositoryRoot, 'dist'), join(directory, 'dist'), { recursive: true });
  await cp(join(repositoryRoot, 'package.json'), join(directory, 'package.json'));
  await symlink(join(repositoryRoot, 'node_modules'), join(directory, 'node_modules'));
  for (const [file, source] of await sourcesOf(sabotage)) {
    const { code } = await transform(source, {
      filename: file,
      swcrc: true,
      cwd: repositoryRoot,
      root: repositoryRoot,
    });
    const target = join(directory, 'dist', file.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  }
}
