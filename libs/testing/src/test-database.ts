import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { SystemClock } from '#clock';
import { Database, type DatabaseOptions } from '#postgres';

export interface TestDatabase {
  /** The server; pass it on together with `name`. */
  readonly url: string;
  readonly name: string;
  readonly database: Database;
  /** Closes `database` and drops it, ending remaining connections. */
  drop(): Promise<void>;
}

/** A new, empty database on the server of TEST_DATABASE_URL. A random suffix after `name` separates concurrent and aborted runs. */
export async function testDatabase(
  name: string,
  options: Partial<Omit<DatabaseOptions, 'url' | 'database'>> = {},
): Promise<TestDatabase> {
  const url = testServer();
  const unique = `test_${name.replaceAll(/[^a-z0-9]+/gi, '_').toLowerCase()}_${randomBytes(4).toString('hex')}`;
  await administer(url, (client) =>
    client.query(`CREATE DATABASE ${client.escapeIdentifier(unique)} TEMPLATE template0`),
  );
  const database = await Database.open({ clock: new SystemClock(), ...options, url, database: unique });
  return {
    url,
    name: unique,
    database,
    async drop() {
      await database.close();
      await administer(url, (client) => client.query(`DROP DATABASE ${client.escapeIdentifier(unique)} WITH (FORCE)`));
    },
  };
}

/** The URL of its administrator. */
export function testServer(): string {
  const url = process.env['TEST_DATABASE_URL'];
  assert(url, 'TEST_DATABASE_URL names no Postgres server; the jest project "real" starts one');
  return url;
}

export async function administer(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
