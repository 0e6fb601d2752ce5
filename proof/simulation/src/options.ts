import { parseArgs } from 'node:util';

export interface SimulationOptions {
  readonly schedules: number;
  /** Time limit of the campaign, in seconds. */
  readonly seconds: number | undefined;
  readonly seed: number;
  /** Runs one schedule and prints its log. */
  readonly schedule: number | undefined;
  readonly threads: number | undefined;
  /** Stops at the first broken promise and prints JSON, for planted bugs. */
  readonly untilBroken: boolean;
  /** The promises that `untilBroken` looks for. Undefined for any. */
  readonly sought: readonly string[] | undefined;
  readonly help: boolean;
}

export const usage = `npm run simulate -- [--schedules 1000] [--seconds N] [--seed S] [--threads N]
npm run simulate -- --schedule SEED

Runs the services' own code and SQL in virtual time, world after world, each drawn from one number, and judges what is
left of each. The exit code is the verdict. Ctrl-C ends it, and tells of what there was.

  --schedules N    how many worlds. Default 1000, or as many as there is time for
  --seconds N      ends after so long
  --seed S         of the first world; the next are S+1, S+2, … Default: a new one, printed first
  --threads N      default: as many as there are cores
  --schedule SEED  one world, told event by event; the same every time
  --until-broken   ends with the first broken promise, and says which as JSON; one thread, by promises alone
  --sought A1,A17  with --until-broken: ends with the first of these`;

/** @throws Error with a message for the user if an argument is wrong */
export function readOptions(args: readonly string[], anySeed: () => number): SimulationOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      schedules: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      schedule: { type: 'string' },
      threads: { type: 'string' },
      'until-broken': { type: 'boolean' },
      sought: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const integer = (
    name: Exclude<keyof typeof values, 'until-broken' | 'sought' | 'help'>,
    least: number,
  ): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const number = Number(text);
    if (!Number.isSafeInteger(number) || number < least)
      throw new Error(`--${name} must be an integer of at least ${least}`);
    return number;
  };
  const seconds = integer('seconds', 1);
  return {
    schedules: integer('schedules', 1) ?? (seconds === undefined ? 1_000 : Infinity),
    seconds,
    seed: integer('seed', 0) ?? anySeed(),
    schedule: integer('schedule', 0),
    threads: integer('threads', 1),
    untilBroken: values['until-broken'] ?? false,
    sought: values.sought?.split(','),
    help: values.help ?? false,
  };
}
