import { Client, DatabaseError } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { fullJitterMs, type Clock } from '#clock';
import { databaseUrl } from './session.js';
import { isTransientError } from './transient.js';

export interface MigrateOptions {
  /** A server's URL. Its path names an existing database, from which a missing one is created. */
  url: string;
  database: string;
  /** TypeORM migration classes, whose names end in a 13-digit timestamp. */
  migrations: (new () => MigrationInterface)[];
  clock: Clock;
  /** Migrations run as this role, which then owns what they make. Default: the login of `url`. */
  role?: string;
}

/** The key of the advisory lock: "hold" in ASCII. */
const migrationLock = 0x686f6c64;

/**
 * Creates a missing database and runs its migrations, each in a transaction. Concurrent instances wait for an advisory
 * lock. Waits for a server that is starting.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  await createDatabase(options);
  // An advisory lock belongs to a session, so it needs a connection outside TypeORM's pool.
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

async function runMigrations({ url, database, migrations, role }: MigrateOptions): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url: databaseUrl(url, database),
    migrations,
    migrationsTransactionMode: 'each',
    logging: false,
    ...(role !== undefined && { extra: { options: `-c role=${role}` } }),
  });
  await source.initialize();
  try {
    await source.runMigrations();
    // Of the whole database, the catalogs that all databases share would be refused to its owner, with a warning each.
    const [{ tables }] = await source.query<[{ tables: string | null }]>(
      `SELECT string_agg(quote_ident(tablename), ', ') AS tables FROM pg_tables WHERE schemaname = 'public'`,
    );
    if (tables !== null) await source.query(`ANALYZE ${tables}`);
  } finally {
    await source.destroy();
  }
}

/** The errors of the loser of two concurrent CREATE DATABASE. */
function wasCreatedByAnother(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '42P04' || error.code === '23505');
}

/** Another CREATE DATABASE is copying template1. */
function isTemplateBusy(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '55006';
}
