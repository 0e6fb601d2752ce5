import { SystemClock } from '#clock';
import { Database } from '#postgres';
import { readSettings } from '#service';
import { createLog } from '#telemetry';
import { z } from 'zod';
import { paymentsDatabase } from '../../payments-database.js';
import { verifyProjection } from './projection.js';

/** Part of `holdfast verify`: exits with 1 when a charge's row or its refunds do not follow from its events. */
const log = createLog({ service: 'verify-projection', instance: String(process.pid) });
try {
  const { DATABASE_URL: url } = readSettings(z.object({ DATABASE_URL: z.url() }));
  const where = { url, database: paymentsDatabase.name, openWithinMs: 3_000, clock: new SystemClock() };
  const database = await Database.open(where);
  try {
    const { checked, wrong } = await verifyProjection(database);
    log.info({ checked, wrong }, wrong.length === 0 ? 'every row follows from its events' : 'rows that do not follow');
    if (wrong.length > 0) process.exitCode = 1;
  } finally {
    await database.close();
  }
} catch (error) {
  process.stderr.write(`the rows could not be compared: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
