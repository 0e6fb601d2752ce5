import { parseArgs } from 'node:util';
import { faultKinds, families, type ChaosFaultKind } from './schedule/fault.js';
import { scenarios } from './scenarios/index.js';
import type { Scenario } from './scenarios/scenario.js';

export const USAGE = `npm run chaos [-- --seed 7 --minutes 3 --faults kill,network --runs 1 --out reports/chaos]
npm run chaos -- --scenario bank-outage

Starts a system of its own (two instances of each service, a real Kafka, a real Postgres), sends it merchants, breaks it,
heals it, and judges what is left. The exit code is the verdict. A failed run keeps everything.

  --seed S        of every choice that is made before a run; the same seed draws the same schedule. Default: a new one
  --minutes M     how long faults come. Default 3
  --faults F,…    only these: ${Object.entries(families)
    .map(([family, kinds]) => (kinds.length > 1 ? `${family} (${kinds.join(' ')})` : family))
    .join(', ')}
  --scenario N    instead of a random mix: ${scenarios.map(({ name }) => name).join(', ')}; or all
  --runs N        a campaign: seeds S, S+1, …; it fails too when it has not reached everything that it must reach
  --schedule      only prints the schedule
  --keep          keeps data and logs of a sound run too`;

export class BadOptions extends Error {
  override readonly name = 'BadOptions';
}

export interface ChaosOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly runs: number;
  readonly kinds: readonly ChaosFaultKind[];
  /** Empty for a random schedule. */
  readonly scenarios: readonly Scenario[];
  readonly out: string;
  readonly keep: boolean;
  readonly scheduleOnly: boolean;
  readonly help: boolean;
}

/** @param newSeed draws a seed if the arguments have none */
export function readOptions(args: readonly string[], newSeed: () => number): ChaosOptions {
  const values = parse(args);
  return {
    seed: values.seed === undefined ? newSeed() : number('--seed', values.seed, { integer: true }),
    minutes: number('--minutes', values.minutes),
    runs: number('--runs', values.runs, { integer: true }),
    kinds: values.faults === undefined ? faultKinds : kindsOf(values.faults),
    scenarios: values.scenario === undefined ? [] : scenariosOf(values.scenario),
    out: values.out,
    keep: values.keep,
    scheduleOnly: values.schedule,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string', default: '3' },
        runs: { type: 'string', default: '1' },
        faults: { type: 'string' },
        scenario: { type: 'string' },
        out: { type: 'string', default: 'reports/chaos' },
        keep: { type: 'boolean', default: false },
        schedule: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new BadOptions((error as Error).message);
  }
}

function number(option: string, text: string, { integer = false } = {}): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0 && (!integer || Number.isInteger(value))) return value;
  throw new BadOptions(`${option} ${text}: expected a number`);
}

function kindsOf(text: string): ChaosFaultKind[] {
  return text.split(',').flatMap((name): readonly ChaosFaultKind[] => {
    if (name in families) return families[name as keyof typeof families];
    if ((faultKinds as readonly string[]).includes(name)) return [name as ChaosFaultKind];
    const known = new Set([...Object.keys(families), ...faultKinds]);
    throw new BadOptions(`--faults ${name}: there are ${[...known].join(', ')}`);
  });
}

function scenariosOf(name: string): readonly Scenario[] {
  if (name === 'all') return scenarios;
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario) return [scenario];
  throw new BadOptions(`--scenario ${name}: there are ${scenarios.map((each) => each.name).join(', ')}, or all`);
}
