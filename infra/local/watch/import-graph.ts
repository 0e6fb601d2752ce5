import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FROM =
  /^\s*(?:import|export)\s+(?!type\b)(?:[\w$]+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?|[\w$]+)\s+from\s+['"]([^'"]+)['"]/gm;
const ALONE = /^\s*import\s+['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** What a source imports at run time, as it is written there. An `import type` leaves nothing in the compiled file. */
export function importsIn(text: string): string[] {
  return [FROM, ALONE, DYNAMIC].flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name!));
}

/** What a service runs: its entry, and all that is imported from there. Paths are relative to the repository. */
export interface Reach {
  readonly files: ReadonlySet<string>;
  /** Imports of files that do not exist. */
  readonly missing: readonly { readonly from: string; readonly to: string }[];
}

/** Which files import which. It reads a file once, until told that the file has changed. */
export class ImportGraph {
  readonly #imports = new Map<string, readonly string[]>();

  constructor(private readonly root: string) {}

  changed(path: string): void {
    this.#imports.delete(path);
  }

  reachOf(entry: string): Reach {
    const files = new Set([entry]);
    const missing: { from: string; to: string }[] = [];
    for (const from of files) {
      for (const to of this.#importsOf(from)) {
        if (existsSync(join(this.root, to))) files.add(to);
        else missing.push({ from, to });
      }
    }
    return { files, missing };
  }

  #importsOf(path: string): readonly string[] {
    const known = this.#imports.get(path);
    if (known) return known;
    const text = existsSync(join(this.root, path)) ? readFileSync(join(this.root, path), 'utf8') : '';
    const found = importsIn(text).flatMap((name) => this.#resolve(name, path));
    this.#imports.set(path, found);
    return found;
  }

  /** A package of node_modules resolves to nothing: it is not watched. */
  #resolve(name: string, from: string): string[] {
    if (name.startsWith('#')) return [join('libs', name.slice(1), 'src', 'index.ts')];
    if (!name.startsWith('.')) return [];
    const path = join(dirname(from), name);
    const source = path.replace(/\.js$/, '.ts');
    return [existsSync(join(this.root, path)) ? path : source];
  }
}
