import { SystemClock } from '#clock';
import { Database } from '#postgres';
import { frameSettings, readSettings } from '#service';
import { ledgerDatabase } from './ledger-database.js';
import { StateOfTheBooksRepository } from './reconciliation/state-of-the-books.repository.js';
import { disagreements, show } from './reconciliation/state-of-the-books.js';

const usage = `holdfast books      the state of the books beside what the banks say

Ends with 1 when they do not agree. DATABASE_URL names another system than the one that runs here.
How to read it: docs/reconciliation.md`;

/** `holdfast books`. */
async function main(words: readonly string[]): Promise<void> {
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  if (words.length > 0)
    throw new Error(`${words.join(' ')} is no option of holdfast books. See holdfast books --help.`);
  const { DATABASE_URL: url } = readSettings(frameSettings.pick({ DATABASE_URL: true }));
  // Summing all statements may take long.
  const patience = { statementTimeoutMs: 120_000, maxConnections: 1, openWithinMs: 3_000 };
  const database = await Database.open({ url, database: ledgerDatabase.name, clock: new SystemClock(), ...patience });
  try {
    const state = await new StateOfTheBooksRepository(database).read();
    process.stdout.write(`${show(state)}\n`);
    if (disagreements(state).length > 0) process.exitCode = 1;
  } finally {
    await database.close();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
