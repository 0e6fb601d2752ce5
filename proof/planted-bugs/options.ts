import { parseArgs } from 'node:util';

export interface SabotageOptions {
  readonly names: readonly string[];
  readonly schedules: number;
  readonly seed: number;
  /** Number of bugs tried at the same time. */
  readonly threads: number;
  readonly write: boolean;
  /** Size of the sample that the commit selects. Undefined: the named bugs, or all. */
  readonly sample: number | undefined;
  readonly help: boolean;
}

export const usage = `npm run sabotage -- [NAME …] [--schedules 300] [--seed 1] [--threads N] [--write]
npm run sabotage -- --sample 6

Plants every bug, or the named ones, in copies of the code and reports which promise each one breaks.
The exit code is 0 when each bug is caught by one of its own promises.

  --schedules N  the largest number of worlds for each bug. Default 300
  --seed S       seed of the first world. Default 1
  --threads N    number of bugs tried at the same time. Default: the number of cores
  --write        writes the results to proof/planted-bugs/measured.json and docs/planted-bugs.md
  --sample N     N bugs that the commit hash selects, each in the world that showed it last`;

/** @throws Error with a message for the user if an argument is wrong */
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
  if (unknown !== undefined) throw new Error(`there is no planted bug ${unknown}`);
  const { sample } = values;
  if (sample !== undefined && (positionals.length > 0 || values.write))
    throw new Error('--sample cannot be combined with names or --write: the commit selects the bugs');
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
  throw new Error(`--${name} must be an integer of at least ${least}`);
}
