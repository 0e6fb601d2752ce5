import { asksForHelp, type Command } from './command.js';
import { runEntry } from './service-entry.js';
import { holdfastInContainer } from './system/compose.client.js';
import { findDatabases } from './system/databases.js';

/**
 * A command that is an entry point of a service, because that owns the tables.
 *
 * @param entry its compiled file, relative to the repository
 */
export function serviceCommand(name: string, entry: string): Command {
  return async (words) => {
    if (asksForHelp(words)) return (await runEntry(entry, words, {})).code;
    const databases = await findDatabases();
    if (databases === 'in container') return holdfastInContainer([name, ...words]);
    return (await runEntry(entry, words, databases)).code;
  };
}
