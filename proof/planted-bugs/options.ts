import { parseArgs } from 'node:util';

export interface SabotageOptions {
  readonly names: readonly string[];
  readonly schedules: number;
  readonly seed: number;
  /** So many bugs are tried out beside each other. */
  readonly threads: number;
  readonly write: boolean;
  /** So many, chosen by the commit; undefined: all, or those that are named. */
  readonly sample: number | undefined;
  readonly help: boolean;
}

export const usage = `npm run sabotage -- [NAME …] [--schedules 300] [--seed 1] [--threads N] [--write]
npm run sabotage -- --sample 6

Breaks copies of the code on purpose, in every known way or in those that are named, and sees which promise notices.
The exit code is 0 when each bug is caught by a promise that it breaks.

  --schedules N  at most so many worlds for each bug. Default 300
  --seed S       of the first world. Default 1
  --threads N    so many bugs beside each other. Default: as many as there are cores
  --write        notes what came of it in proof/planted-bugs/measured.json and docs/planted-bugs.md
  --sample N     N bugs that the commit chooses, each in the world that showed it last`;

/** @throws Error that says what is wrong with them */
export function readOptions(args: readonly string[], known: readonly string[], cores: number): SabotageOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      schedules: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      threads: { type: 'string', default: String(cores) },
      sample: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`no planted bug is named ${unknown}`);
  const { sample } = values;
  if (sample !== undefined && (positionals.length > 0 || values.write))
    throw new Error('--sample takes neither names nor --write: the commit chooses the bugs');
  return {
    names: positionals,
    schedules: integer('schedules', values.schedules, 1),
    seed: integer('seed', values.seed, 0),
    threads: integer('threads', values.threads, 1),
    sample: sample === undefined ? undefined : integer('sample', sample, 1),
    write: values.write,
    help: values.help,
  };
}

function integer(name: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${name} takes a whole number from ${least} on`);
}
