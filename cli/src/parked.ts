import { asksForHelp, CommandError, type Command } from './command.js';
import { parseParkedCommand, usage } from './parked/parked-command.js';
import { runParked } from './parked/run-parked.js';
import { holdfastInContainer } from './system/compose.client.js';
import { findDatabases } from './system/databases.js';

export const parked: Command = async (words) => {
  if (asksForHelp(words)) {
    console.log(usage);
    return 0;
  }
  const command = parseParkedCommand(words);
  const databases = await findDatabases();
  if (databases === 'in container') return holdfastInContainer(['parked', ...words]);
  try {
    console.log(await runParked(databases.DATABASE_URL!, command));
    return 0;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    // Postgres' own message names the problem: a missing database, a server that is down.
    throw new CommandError(`not done: ${(error as Error).message}`);
  }
};
