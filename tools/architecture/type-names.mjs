// Exported type names are unique in the repository, so that a search finds one declaration.
const DECLARATION = /^export (?:declare )?(?:abstract )?(?:interface|type|class|enum) (\w+)\b(?! = \w+\.\1;)/gm;

/** @type {(text: string) => string[]} names of the types that a file exports */
export const typesIn = (text) => [...text.matchAll(DECLARATION)].map(([, name]) => name);

/**
 * @param {Map<string, string>} sources by path
 * @returns {{ rule: string, path: string, what: string }[]} each declaration of a name that an earlier file exports
 */
export function sharedTypeNames(sources) {
  const first = new Map();
  const found = [];
  for (const path of [...sources.keys()].filter((each) => !each.endsWith('.spec.ts')).sort()) {
    for (const name of typesIn(sources.get(path))) {
      const other = first.get(name);
      if (other === undefined) first.set(name, path);
      else if (other !== path)
        found.push({ rule: 'a-type-name-has-one-meaning', path, what: `${name} is already a type of ${other}` });
    }
  }
  return found;
}
