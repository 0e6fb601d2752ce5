import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';

export interface Duration {
  /** Path from the repository's root. */
  readonly file: string;
  /** Name of the constant or option; `interval` for one in a statement. */
  readonly name: string;
  readonly ms: number;
}

/** Sources of production code. */
const SOURCES = '{apps/{payments-api,bank-gateway,ledger},libs/*}/src/**/*.ts';
const NOT_OF_PRODUCTION = /\.spec\.ts$|\/testing\/|\/migrations\/|^libs\/testing\/|under-test/;

/** Constants that are units, not settings. */
const UNITS = new Set(['DAY_MS', 'LONGEST_DELAY_MS']);
const perUnit: Readonly<Record<string, number>> = {
  s: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** Every duration in the services' code, by file and name. */
export function durations(): Duration[] {
  return globSync(SOURCES, { cwd: repositoryRoot })
    .filter((file) => !NOT_OF_PRODUCTION.test(file))
    .toSorted()
    .flatMap((file) =>
      durationsIn(readFileSync(join(repositoryRoot, file), 'utf8')).map((each) => ({ file, ...each })),
    );
}

export function durationsIn(source: string): Omit<Duration, 'file'>[] {
  const constants = [...source.matchAll(/const ([A-Z][A-Z\d_]*_MS) = ([\d_ *]+);/g)];
  const options = [...source.matchAll(/\b(\w+Ms): ([\d_]+(?: \* [\d_]+)*)\b/g)];
  const defaults = [...source.matchAll(/\b([A-Z][A-Z\d_]*_MS): .*?\.default\(([\d_]+)\)/g)];
  const intervals = [...source.matchAll(/interval '(\d+) (s|minute|hour|day)s?'/g)];
  return [
    ...[...constants, ...options, ...defaults].map(([, name, factors]) => ({ name: name!, ms: product(factors!) })),
    ...intervals.map(([, count, unit]) => ({ name: 'interval', ms: Number(count) * perUnit[unit!]! })),
  ].filter(({ name, ms }) => ms > 1 && !UNITS.has(name));
}

const product = (factors: string): number =>
  factors.split('*').reduce((so, factor) => so * Number(factor.trim().replaceAll('_', '')), 1);

export function inWords(ms: number): string {
  for (const [unit, size] of [
    ['days', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const)
    if (ms >= 2 * size && ms % size === 0) return `${ms / size} ${unit}`;
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
}

/** Renders docs/durations.md. A test compares it, so that no duration changes unnoticed. */
export function durationsPage(): string {
  const rows = durations().map(({ file, name, ms }) => `| [${file}](../${file}) | \`${name}\` | ${inWords(ms)} |`);
  return `# Durations

Every duration that is written into the services and their libraries, drawn from the code by \`npm run docs\`. A test holds the page to it, so that none changes by a slip: whoever changes one on purpose writes the page anew and sees here what else has the same length. Settings are here with their defaults; what each means stands in [configuration.md](configuration.md), and how long data is kept in [retention.md](retention.md).

| where | name | how long |
| --- | --- | --- |
${rows.join('\n')}
`;
}
