import { SystemClock } from '#clock';
import { Database } from '#postgres';
import { frameSettings, readSettings } from '#service';
import { StateOfTheBooksRepository } from './reconciliation/state-of-the-books.repository.js';
import { disagreements, show } from './reconciliation/state-of-the-books.js';

/** An operator's command: the state of the books beside what the banks say. Ends with 1 when they do not agree. */
async function main(): Promise<void> {
  const { DATABASE_URL: url } = readSettings(frameSettings.pick({ DATABASE_URL: true }));
  // It adds up all statements, which may take its time.
  const patience = { statementTimeoutMs: 120_000, maxConnections: 1, openWithinMs: 3_000 };
  const database = await Database.open({ url, database: 'ledger', clock: new SystemClock(), ...patience });
  try {
    const state = await new StateOfTheBooksRepository(database).read();
    process.stdout.write(`${show(state)}\n`);
    if (disagreements(state).length > 0) process.exitCode = 1;
  } finally {
    await database.close();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
