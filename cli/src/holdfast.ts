import { asksForHelp, CommandError, type Command, type ExitCode } from './command.js';
import { commands, type CommandName } from './commands.js';
import { noSuch } from './nearest.js';

/** Runs one subcommand. If it fails, prints the reason in one sentence. */
export async function holdfast([name, ...words]: readonly string[]): Promise<ExitCode> {
  try {
    if (name === undefined || asksForHelp([name]) || (name === 'help' && words.length === 0)) {
      console.log(overview());
      return 0;
    }
    if (name === 'help') return await (await commandNamed(words[0]!))(['--help']);
    return await (
      await commandNamed(name)
    )(words);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(error.message);
    return error.exitCode;
  }
}

async function commandNamed(name: string): Promise<Command> {
  if (Object.hasOwn(commands, name)) return commands[name as CommandName].load();
  throw new CommandError(`${noSuch('command', name, Object.keys(commands))} See holdfast --help.`);
}

function overview(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`);
  return `holdfast <command> …

${lines.join('\n')}

holdfast <command> --help says more of each.

A running system is found by itself: first by the variables DATABASE_URL, PAYMENTS_ADMIN_URL, GATEWAY_ADMIN_URL,
LEDGER_ADMIN_URL and BANKS_ADMIN_URL, then as the one that npm start runs here, then as the one that docker compose runs.

Exit codes: 0 done, and all is well; 1 done, and something is wrong; 2 not done.`;
}
