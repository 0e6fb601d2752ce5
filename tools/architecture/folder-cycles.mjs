// Folders are layers: a folder that imports another one, however indirectly, is not imported by it.
import { dirname } from 'node:path';

/** They compose: a Nest module imports what its folder offers and what it needs. Tests look wherever they like. */
const NOT_COUNTED = /\.module\.ts$|\.spec\.ts$|-under-test\.ts$|\/testing\/|\/test\//;

/**
 * @param {{ source: string, dependencies: { resolved: string }[] }[]} modules as dependency-cruiser lists them
 * @returns {{ rule: string, path: string, what: string }[]} each import that is part of a cycle of folders
 */
export function folderCycles(modules) {
  const imports = modules
    .filter(({ source }) => !NOT_COUNTED.test(source))
    .flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved }) => ({ file: source, from: dirname(source), to: dirname(resolved), resolved })),
    )
    .filter(({ from, to, resolved }) => isOurs(resolved) && !isWithin(from, to) && !isWithin(to, from));
  const next = new Map();
  for (const { from, to } of imports) next.set(from, (next.get(from) ?? new Set()).add(to));
  return imports
    .filter(({ from, to }) => reaches(next, to, from))
    .map(({ file, resolved }) => ({
      rule: 'no-cycles-between-folders',
      path: file,
      what: `imports ${resolved}, whose folder depends on this one`,
    }));
}

const isOurs = (path) => /^(apps|libs|cli|proof|tools|infra)\//.test(path);

/** A folder and what is inside it are one thing: the outer one may say what the inner one offers. */
const isWithin = (inner, outer) => inner === outer || inner.startsWith(`${outer}/`);

function reaches(next, start, goal) {
  const seen = new Set([start]);
  for (const folder of seen) {
    if (folder === goal) return true;
    for (const each of next.get(folder) ?? []) seen.add(each);
  }
  return false;
}
