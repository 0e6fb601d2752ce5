import { inspect } from 'node:util';
import { SystemClock } from '#clock';
import { Database } from '#postgres';
import { frameSettings, readSettings } from '#service';
import { AccountLimitsRepository } from './accounts/account-limits.repository.js';
import { parseLimitCommand, usage } from './accounts/limit-command.js';

/** An operator's command: freezes an account, or caps its open holds. */
async function main(): Promise<string> {
  const command = parseLimitCommand(process.argv.slice(2));
  if (!command) throw new Error(usage);
  const { DATABASE_URL: url } = readSettings(frameSettings.pick({ DATABASE_URL: true }));
  const database = await Database.open({ url, database: 'ledger', maxConnections: 1, clock: new SystemClock() });
  try {
    const limits = new AccountLimitsRepository();
    for (const change of command.changes) {
      if (change.kind === 'freeze') await limits.freeze(database, command.account, change.frozen);
      else await limits.cap(database, command.account, change.currency, change.capMinor);
    }
    return inspect((await limits.inUse(database, command.account)) ?? 'no limits');
  } finally {
    await database.close();
  }
}

try {
  process.stdout.write(`${await main()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
