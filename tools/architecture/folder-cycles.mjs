// Folders are layers: the imports between folders have no cycle.
import { dirname } from 'node:path';

/** Composition and tests: a Nest module imports from all layers, and so may a test. */
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

/** Imports between a folder and its subfolder are allowed in both directions. */
const isWithin = (inner, outer) => inner === outer || inner.startsWith(`${outer}/`);

function reaches(next, start, goal) {
  const seen = new Set([start]);
  for (const folder of seen) {
    if (folder === goal) return true;
    for (const each of next.get(folder) ?? []) seen.add(each);
  }
  return false;
}
