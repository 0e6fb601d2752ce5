import { typesIn } from '../architecture/type-names.mjs';

/** A type that this many files import needs a row in the glossary. */
const CENTRAL_AFTER = 12;

/** Words that the glossary defines twice, types that it lacks, and types that the sources lack. */
export function glossaryFaults(glossary: string, sources: ReadonlyMap<string, string>): string[] {
  const rows = [...glossary.matchAll(/^\| (.+) \| .+ \| (.+) \|$/gm)].map(([, word, code]) => ({
    word: word!,
    code: code!,
  }));
  const named = new Set(rows.flatMap(({ code }) => [...code.matchAll(/`([A-Z]\w+)`/g)].map(([, type]) => type!)));
  const importers = countImporters(sources);
  const central = [...importers].filter(([, files]) => files >= CENTRAL_AFTER).map(([type]) => type);
  return [
    ...twice(rows.flatMap(({ word }) => wordsOf(word))).map((word) => `explains “${word}” twice`),
    ...[...named].filter((type) => !importers.has(type)).map((type) => `names ${type}, which no file exports`),
    ...central
      .filter((type) => !named.has(type))
      .map((type) => `lacks ${type}, which ${importers.get(type)} files import`),
  ];
}

/** "dead letter (parked event)" defines two words, and neither may have another row. */
function wordsOf(cell: string): string[] {
  return cell === 'word' || cell === '---'
    ? []
    : cell
        .replaceAll('`', '')
        .split(/[(),]/)
        .map((word) => word.trim())
        .filter((word) => word !== '');
}

function twice(words: readonly string[]): string[] {
  return [...new Set(words.filter((word, index) => words.indexOf(word) !== index))];
}

/** Number of files that import each exported type. */
function countImporters(sources: ReadonlyMap<string, string>): Map<string, number> {
  const count = new Map([...sources.values()].flatMap(typesIn).map((type) => [type, 0]));
  for (const text of sources.values()) {
    const imported = [...text.matchAll(/^import (?:type )?\{([^}]*)\} from/gm)].flatMap(([, names]) =>
      names!.split(',').map((name) => /^(?:type )?(\w+)/.exec(name.trim())?.[1] ?? ''),
    );
    const qualified = [...text.matchAll(/\b(?:bank|payments|ledger|bankProtocol)\.([A-Z]\w+)/g)].map(
      ([, name]) => name!,
    );
    for (const type of new Set([...imported, ...qualified])) if (count.has(type)) count.set(type, count.get(type)! + 1);
  }
  return count;
}
