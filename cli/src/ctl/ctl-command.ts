import { CommandError } from '../command.js';
import { noSuch } from '../nearest.js';
import { readWords } from '../read-words.js';

export const verbs = ['kill', 'freeze', 'thaw', 'restart', 'stop', 'start'] as const;
export type Verb = (typeof verbs)[number];

export interface CtlCommand {
  readonly verb: Verb;
  readonly process: string;
  /** Whether a killed process is restarted at once. */
  readonly again: boolean;
}

/** @returns undefined to list the processes. @throws CommandError */
export function parseCtlCommand(words: readonly string[]): CtlCommand | undefined {
  const { positionals, values } = readWords('ctl', words, { restart: { type: 'boolean' } });
  const [word, process, ...more] = positionals;
  if (word === undefined) return undefined;
  const verb = verbs.find((each) => each === word);
  if (verb === undefined) throw new CommandError(noSuch('holdfast ctl', word, verbs));
  if (process === undefined) throw new CommandError(`Name a process: holdfast ctl lists them.`);
  if (more.length > 0) throw new CommandError(`One process at a time: holdfast ctl ${verb} ${process}.`);
  if (values.restart && verb !== 'kill')
    throw new CommandError('--restart belongs to kill: holdfast ctl restart stops in order.');
  return { verb, process, again: values.restart ?? false };
}
