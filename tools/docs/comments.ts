import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventContract } from '#contracts';
import { repositoryRoot } from '../../infra/local/repository.js';
import { nameOf } from './saga-reading.js';

const docComment = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*(?:export const )?(\w+)\s*[:,=]/g;

/** What the source says of a field or constant, by its name: the doc comment right above it, as one line. */
export function commentsIn(source: string): ReadonlyMap<string, string> {
  return new Map(
    [...source.matchAll(docComment)].map(([, text, name]) => [
      name!,
      text!
        .split('\n')
        .map((line) => line.replace(/^\s*\*?\s*/, '').trim())
        .join(' ')
        .trim(),
    ]),
  );
}

/** The comments of the file that defines an event: `bank.capture_failed` is told in bank/capture-failed.ts. */
export function commentsOf(event: EventContract): ReadonlyMap<string, string> {
  const [folder, name] = nameOf(event).split('.') as [string, string];
  return commentsOfContracts(`${folder}/${name.replaceAll('_', '-')}.ts`);
}

export function commentsOfContracts(file: string): ReadonlyMap<string, string> {
  return commentsIn(readFileSync(join(repositoryRoot, 'libs/contracts/src', file), 'utf8'));
}
