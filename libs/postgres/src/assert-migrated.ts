import type { MigrateOptions } from './migrate.js';
import { statement } from './statement.js';
import type { Sql } from './transaction.js';

/** This version of a service needs tables that its database does not have. */
export class NotMigratedError extends Error {
  readonly code = 'not_migrated';
  override readonly name = 'NotMigratedError';

  constructor(missing: readonly string[]) {
    super(`the database lacks ${missing.join(', ')}: provision it first (docs/configuration.md, Postgres)`);
  }
}

const migratedStatement = statement('postgres.migrated', 'SELECT name FROM migrations');

/**
 * A service's login may not migrate, so it checks that all its migrations have run. Later ones are allowed, as during a
 * rolling upgrade.
 *
 * @throws NotMigratedError
 */
export async function assertMigrated(sql: Sql, migrations: MigrateOptions['migrations']): Promise<void> {
  const done = new Set((await sql.query<{ name: string }>(migratedStatement)).map(({ name }) => name));
  const missing = migrations
    .map((Migration) => new Migration().name ?? Migration.name)
    .filter((name) => !done.has(name));
  if (missing.length > 0) throw new NotMigratedError(missing);
}
