import { inspect } from 'node:util';
import { SystemClock } from '#clock';
import { Database, entitiesOver } from '#postgres';
import { frameSettings, readSettings } from '#service';
import { AccountLimitEntity } from './accounts/account-limit.entity.js';
import { LimitSettingsRepository } from './accounts/limit-settings.repository.js';
import { ledgerDatabase } from './ledger-database.js';
import { parseLimitCommand, usage, type LimitChange } from './accounts/limit-command.js';

/** `holdfast limit`: freezes an account, caps its open holds, or sets its overdraft. */
async function main(words: readonly string[]): Promise<string> {
  if (words.includes('--help') || words.includes('-h')) return usage;
  const command = parseLimitCommand(words);
  const { DATABASE_URL: url } = readSettings(frameSettings.pick({ DATABASE_URL: true }));
  const database = await Database.open({
    url,
    database: ledgerDatabase.name,
    maxConnections: 1,
    openWithinMs: 3_000,
    clock: new SystemClock(),
  });
  try {
    const entities = await entitiesOver(database, [AccountLimitEntity]);
    const limits = new LimitSettingsRepository(entities.getRepository(AccountLimitEntity));
    for (const change of command.changes) {
      await apply(limits, command.account, change);
    }
    return inspect((await limits.inUse(database, command.account)) ?? 'no limits');
  } finally {
    await database.close();
  }
}

function apply(limits: LimitSettingsRepository, account: string, change: LimitChange): Promise<void> {
  switch (change.kind) {
    case 'freeze':
      return limits.freeze(account, change.frozen);
    case 'cap':
      return limits.cap(account, change.currency, change.capMinor);
    case 'overdraft':
      return limits.overdraft(account, change.currency, change.overdraftMinor);
  }
}

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
