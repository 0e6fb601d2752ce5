import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';

const block = /<!-- (code|promises) (\S+) -->\n[\s\S]*?<!-- end -->/g;

/** Fills the marked blocks of a page with the code or promises of the files that they name. */
export function inserted(page: string, read = readFromRepository): string {
  return page.replaceAll(block, (_, kind: 'code' | 'promises', path: string) => {
    const source = read(path);
    const text = kind === 'code' ? `\`\`\`ts\n${codeOf(source)}\n\`\`\`` : promisesIn(source);
    return `<!-- ${kind} ${path} -->\n${text}\n<!-- end -->`;
  });
}

/** The source without its imports. */
function codeOf(source: string): string {
  return source.replaceAll(/^import [\s\S]*?;\n/gm, '').trim();
}

/** The promises in a spec of test/patterns, by which both versions of a pattern are tested. */
function promisesIn(source: string): string {
  const sentences = [...source.matchAll(/^ +(?:async )?'([^']+)'\(/gm)].map(([, sentence]) => `- ${sentence}`);
  if (sentences.length === 0) throw new Error('no promises in the file');
  return sentences.join('\n');
}

function readFromRepository(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}
