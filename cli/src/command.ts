/** Exit code: 0 done, without findings; 1 done, with findings; 2 not done. */
export type ExitCode = 0 | 1 | 2;

/**
 * One subcommand of holdfast, called with the words after its name.
 *
 * @throws CommandError
 */
export type Command = (words: readonly string[]) => Promise<ExitCode>;

/** The reason why a command was not done, with a remedy. It is shown without a stack trace. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 2,
  ) {
    super(message);
  }
}

export const asksForHelp = (words: readonly string[]): boolean => words.includes('--help') || words.includes('-h');
