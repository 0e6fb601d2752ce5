import { parseArgs, type ParseArgsConfig } from 'node:util';
import { CommandError } from './command.js';

/**
 * The options and the other words of a command line.
 *
 * @throws CommandError that names the option that does not exist, or lacks its value
 */
export function readWords<const Options extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  words: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/(?<=\.) /);
    throw new CommandError(`${sentence} See holdfast ${command} --help.`);
  }
}
