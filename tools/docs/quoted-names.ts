import { basename, dirname, join, normalize } from 'node:path';

/** Names that pages may quote. Paths are from the repository's root. */
export interface Repository {
  readonly files: ReadonlySet<string>;
  /** Scripts of package.json. */
  readonly scripts: ReadonlySet<string>;
  /** Subcommands of `holdfast`. */
  readonly commands: ReadonlySet<string>;
  /** The text of all sources and settings. */
  readonly sources: string;
  /** The text of all test files. */
  readonly tests: string;
  /** Anchors of a page's headings. */
  readonly anchorsOf: (page: string) => ReadonlySet<string>;
}

/** Files that are not in the repository: made by a run, or of another project. */
const ELSEWHERE = /^\.holdfast\/|^data\/|^report\.|^dist\/|^node_modules\/|^reports\/|^~|^\/|\*|…|<|\{|\$/;
const FILE = /^[\w./-]+\.(ts|mjs|md|json|yml|css|html|svg|png)$/;

/** Names that a page quotes and the repository lacks, one line each. */
export function unknownNames(page: string, text: string, repository: Repository): string[] {
  const prose = withoutCode(text);
  return [
    ...brokenLinks(page, prose, repository),
    ...unknownFiles(prose, repository),
    ...unknownSettings(prose, repository),
    ...unknownScripts(text, repository),
    ...unknownCommands(text, repository),
    ...unknownTests(prose, repository),
  ].map((what) => `${page}: ${what}`);
}

/** Code blocks are examples and have tests of their own. */
const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/^ {4}.*$/gm, '');

function brokenLinks(page: string, prose: string, { files, anchorsOf }: Repository): string[] {
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return links
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path, anchor] = target.split('#') as [string, string | undefined];
      const file = path === '' ? page : normalize(join(dirname(page), path)).replace(/\/$/, '');
      const isThere = files.has(file) || [...files].some((each) => each.startsWith(`${file}/`));
      return !isThere || (anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor));
    })
    .map((target) => `links to ${target}`);
}

function quoted(prose: string): string[] {
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!);
}

function unknownFiles(prose: string, { files }: Repository): string[] {
  const all = [...files];
  const isKnown = (name: string): boolean => {
    const path = normalize(name).replace(/^(\.\.\/)+/, '');
    return all.some((file) => file === path || file.endsWith(`/${path}`) || basename(file).endsWith(path));
  };
  return quoted(prose)
    .filter((name) => FILE.test(name) && !ELSEWHERE.test(name))
    .filter((name) => !isKnown(name))
    .map((name) => `names the file ${name}`);
}

function unknownSettings(prose: string, { sources }: Repository): string[] {
  return quoted(prose)
    .filter((name) => /^[A-Z][A-Z\d]*(_[A-Z\d]+)+$/.test(name) && !sources.includes(name))
    .map((name) => `names the setting ${name}`);
}

function unknownScripts(text: string, { scripts }: Repository): string[] {
  const called = [...text.matchAll(/npm run (?:--silent |-s )?([a-z][\w:-]*)/g)].map(([, name]) => name!);
  return [...new Set(called)].filter((name) => !scripts.has(name)).map((name) => `calls npm run ${name}`);
}

function unknownCommands(text: string, { commands }: Repository): string[] {
  const called = [...text.matchAll(/(?:npx|run --rm|exec [a-z-]+) holdfast ([a-z]+)/g)].map(([, name]) => name!);
  return [...new Set(called)].filter((name) => !commands.has(name)).map((name) => `calls holdfast ${name}`);
}

/** In a section about tests, italics are the name of a test, in full or its beginning. */
function unknownTests(prose: string, { tests }: Repository): string[] {
  const sections = [...prose.matchAll(/(?:^## Tests.*\n|^\*\*Tests\.\*\*|^Tests: )([\s\S]*?)(?=^## |$(?![\s\S]))/gm)];
  const names = sections.flatMap(([, section]) => [
    ...section!.replaceAll(/`[^`]*`/g, '').matchAll(/(?<![*\w])\*([^*\n]+)\*(?!\*)/g),
  ]);
  return names
    .map(([, name]) => name!.replace(/[,.]$/, ''))
    .filter((name) => !tests.includes(name))
    .map((name) => `names the test “${name}”`);
}

/** GitHub's anchors of the headings. */
export function anchorsIn(text: string): Set<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
  return new Set(headings);
}
