/** One entry of the world's log. */
export interface WorldLogEntry {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
}

/** The log of a world. Entries are formatted lazily, only when a failure is shown. */
export class WorldLog {
  readonly #happenings: { atMs: number; who: string; tell: () => string }[] = [];

  constructor(private readonly now: () => number) {}

  tell(who: string, what: string | (() => string)): void {
    this.#happenings.push({ atMs: this.now(), who, tell: typeof what === 'string' ? () => what : what });
  }

  happenings(): WorldLogEntry[] {
    return this.#happenings.map(({ atMs, who, tell }) => ({ atMs, who, what: tell() }));
  }

  toString(): string {
    const all = this.happenings();
    const width = Math.max(0, ...all.map(({ who }) => who.length));
    return all
      .map(({ atMs, who, what }) => `${(atMs / 1_000).toFixed(3).padStart(9)} s  ${who.padEnd(width)}  ${what}`)
      .join('\n');
  }
}
