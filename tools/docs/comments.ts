import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventContract } from '#contracts';
import { repositoryRoot } from '../../infra/local/repository.js';
import { nameOf } from './saga-reading.js';

const docComment = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*(?:export const )?(\w+)\s*[:,=]/g;

/** Doc comments by the name of the field or constant below them, each as one line. */
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

/** Comments of the file that defines the event: `bank.refund_failed` is in bank/refund-failed.ts. */
export function commentsOf(event: EventContract): ReadonlyMap<string, string> {
  const [folder, name] = nameOf(event).split('.') as [string, string];
  return commentsOfContracts(`${folder}/${name.replaceAll('_', '-')}.ts`);
}

export function commentsOfContracts(file: string): ReadonlyMap<string, string> {
  return commentsIn(readFileSync(join(repositoryRoot, 'libs/contracts/src', file), 'utf8'));
}
