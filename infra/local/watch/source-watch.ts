import { join } from 'node:path';
import { compile, isSource } from './compile.js';
import { ImportGraph } from './import-graph.js';
import { watchTree } from './watch-tree.js';

export interface SourceWatchOptions {
  /** The repository's folder. Paths are relative to it. */
  readonly root: string;
  readonly folders: readonly string[];
  readonly services: readonly { readonly name: string; readonly source: string }[];
  /** Stops the service's processes in order, and resolves once they are ready again. */
  restart(service: string): Promise<unknown>;
  say(line: string): void;
}

/** An editor writes a file in several steps, and `git checkout` many files at once. */
const SETTLES_WITHIN_MS = 40;

/**
 * Compiles each source that changes, and restarts the services that import it. While a file of a service cannot be
 * compiled, or an import leads nowhere, that service runs on as it is.
 */
export class SourceWatch {
  readonly #graph: ImportGraph;
  readonly #endWatching: (() => void)[];
  readonly #changed = new Set<string>();
  /** Files that could not be compiled. */
  readonly #broken = new Set<string>();
  /** Services that run an older version of these files. */
  readonly #due = new Map<string, Set<string>>();
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(private readonly options: SourceWatchOptions) {
    this.#graph = new ImportGraph(options.root);
    this.#endWatching = options.folders.map((folder) =>
      watchTree(
        join(options.root, folder),
        (name) => isSource(name) && this.#noticed(join(folder, name)),
        (error) => options.say(`${folder} is not watched any more: ${error.message}`),
      ),
    );
  }

  /** Resolves once the work in hand is done. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#endWatching) end();
    await this.#working;
  }

  #noticed(path: string): void {
    this.#changed.add(path);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  async #work(): Promise<void> {
    while (this.#changed.size > 0 && !this.#closed) {
      const noticedAt = performance.now();
      await new Promise((resolve) => setTimeout(resolve, SETTLES_WITHIN_MS));
      const paths = [...this.#changed];
      this.#changed.clear();
      for (const path of paths) await this.#compile(path);
      await Promise.all(this.#readyToRestart().map((service) => this.#restart(service, noticedAt)));
    }
  }

  async #compile(path: string): Promise<void> {
    const { root, services } = this.options;
    const importers = (): string[] =>
      services.filter(({ source }) => this.#graph.reachOf(source).files.has(path)).map(({ name }) => name);
    try {
      const before = importers(); // a file that is gone has none afterwards
      this.#graph.changed(path);
      const isOther = await compile(root, path);
      const wasBroken = this.#broken.delete(path);
      if (!isOther && !wasBroken) return;
      const affected = new Set([...before, ...importers()]);
      if (affected.size === 0 && isOther) this.options.say(`${path} is compiled; no service imports it`);
      for (const name of affected) this.#due.set(name, (this.#due.get(name) ?? new Set()).add(path));
    } catch (error) {
      this.#broken.add(path);
      this.options.say(`${path} does not compile; what runs goes on:\n${inSource(error as Error)}`);
    }
  }

  /** Those that are due, and of which every file is compiled and every import found. */
  #readyToRestart(): string[] {
    return this.options.services
      .filter(({ name }) => this.#due.has(name))
      .filter(({ name, source }) => {
        const { files, missing } = this.#graph.reachOf(source);
        for (const { from, to } of missing)
          this.options.say(`${name} goes on as it is: ${from} imports ${to}, which does not exist`);
        return missing.length === 0 && ![...this.#broken].some((path) => files.has(path));
      })
      .map(({ name }) => name);
  }

  async #restart(service: string, noticedAt: number): Promise<void> {
    const [first, ...others] = this.#due.get(service)!;
    this.#due.delete(service);
    const why = others.length === 0 ? first : `${first} and ${others.length} more`;
    try {
      await this.options.restart(service);
      this.options.say(`${service} restarted in ${((performance.now() - noticedAt) / 1000).toFixed(1)} s: ${why}`);
    } catch (error) {
      this.options.say(`${service} does not start again after a change of ${why}: ${(error as Error).message}`);
    }
  }
}

/** swc's message without the stack of its own code, which follows the place in the source. */
const inSource = ({ message }: Error): string => message.split(/\n+Caused by:/)[0]!.trimEnd();
