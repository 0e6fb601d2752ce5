import { Client, DatabaseError } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { fullJitterMs, type Clock } from '#clock';
import { databaseUrl } from './session.js';
import { isTransientError } from './transient.js';

export interface MigrateOptions {
  /** A server's URL; its path names a database that exists, from which the missing one is created. */
  url: string;
  database: string;
  /** TypeORM migration classes, whose names end in a 13-digit timestamp. */
  migrations: (new () => MigrationInterface)[];
  clock: Clock;
}

/** Any constant that no other user of the server's advisory locks takes: "hold" in ASCII. */
const migrationLock = 0x686f6c64;

/**
 * Creates the database if it is missing, then brings its schema up to date, each migration in a
 * transaction of its own. Safe when several instances start at once: the others wait on an advisory lock
 * and find nothing left to do. Waits for a server that is still starting.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  await createDatabase(options);
  // The lock belongs to this one session, so TypeORM's own pool may come and go meanwhile.
  const lock = new Client({ connectionString: databaseUrl(options.url, options.database) });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await runMigrations(options);
  } finally {
    await lock.end();
  }
}

async function createDatabase({ url, database, clock }: MigrateOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
      return;
    } catch (error) {
      if (wasCreatedByAnother(error)) return;
      if (!isTransientError(error) && !isTemplateBusy(error)) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
    await clock.sleep(fullJitterMs(attempt, { baseMs: 100, capMs: 2_000 }, () => clock.random()));
  }
}

async function runMigrations({ url, database, migrations }: MigrateOptions): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url: databaseUrl(url, database),
    migrations,
    migrationsTransactionMode: 'each',
    logging: false,
  });
  await source.initialize();
  try {
    await source.runMigrations();
    await source.query('ANALYZE');
  } finally {
    await source.destroy();
  }
}

/** Two CREATE DATABASE at once: the loser sees either of these. */
function wasCreatedByAnother(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '42P04' || error.code === '23505');
}

/** template1 is being copied by another CREATE DATABASE. */
function isTemplateBusy(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '55006';
}
