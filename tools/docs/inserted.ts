import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';

const block = /<!-- (code|promises) (\S+) -->\n[\s\S]*?<!-- end -->/g;

/** A page written by hand, its marked blocks filled from the files that they name, so that page and code cannot differ. */
export function inserted(page: string, read = readFromRepository): string {
  return page.replaceAll(block, (_, kind: 'code' | 'promises', path: string) => {
    const source = read(path);
    const text = kind === 'code' ? `\`\`\`ts\n${codeOf(source)}\n\`\`\`` : promisesIn(source);
    return `<!-- ${kind} ${path} -->\n${text}\n<!-- end -->`;
  });
}

/** Without its imports. */
function codeOf(source: string): string {
  return source.replaceAll(/^import [\s\S]*?;\n/gm, '').trim();
}

/** The sentences of a list in test/patterns, by which both versions of a pattern are tested. */
function promisesIn(source: string): string {
  const sentences = [...source.matchAll(/^ +(?:async )?'([^']+)'\(/gm)].map(([, sentence]) => `- ${sentence}`);
  if (sentences.length === 0) throw new Error('no promises in a file that is to have some');
  return sentences.join('\n');
}

function readFromRepository(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}
