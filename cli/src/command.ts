/** How a command ended: 0 done, and all is well; 1 done, and something is wrong; 2 not done. */
export type ExitCode = 0 | 1 | 2;

/**
 * One subcommand of holdfast: does what the words after its name say.
 *
 * @throws CommandError
 */
export type Command = (words: readonly string[]) => Promise<ExitCode>;

/** Why a command was not done, in a sentence that says what to do: shown without a stack. */
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
