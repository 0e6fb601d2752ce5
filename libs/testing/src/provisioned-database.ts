import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { SystemClock } from '#clock';
import {
  Database,
  ownerRoleOf,
  provision,
  serviceLoginOf,
  type DatabaseOptions,
  type ServiceDatabase,
} from '#postgres';
import { administer, testServer, type TestDatabase } from './test-database.js';

/** A database as it is deployed: migrated by its owner, opened by logins that have the declared rights alone. */
export interface ProvisionedDatabase extends TestDatabase {
  /** For what a test does to the tables that no service may: makes rows older, tampers, analyzes. */
  readonly administrator: Database;
  readonly administratorUrl: string;
  readonly operatorsUrl: string;
}

/**
 * The service's database under a name of its own, provisioned on the server of TEST_DATABASE_URL. `url` and `database`
 * are the service's.
 */
export async function provisionedDatabase(
  declared: ServiceDatabase,
  options: Partial<Omit<DatabaseOptions, 'url' | 'database'>> = {},
): Promise<ProvisionedDatabase> {
  const name = `test_${declared.name}_${randomBytes(4).toString('hex')}`;
  const { url, operatorsUrl } = await provisionForTests({ ...declared, name });
  const administratorUrl = testServer();
  const database = await Database.open({ clock: new SystemClock(), ...options, url, database: name });
  const administrator = await openAsAdministrator(name);
  return {
    url,
    operatorsUrl,
    administrator,
    administratorUrl,
    name,
    database,
    async drop() {
      await Promise.all([database.close(), administrator.close()]);
      await administer(administratorUrl, async (client) => {
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
        await client.query(`DROP ROLE ${[ownerRoleOf(name), serviceLoginOf(name), operatorsOf(name)].join(', ')}`);
      });
    },
  };
}

/** For what a test does to a service's tables that no service may. */
export function openAsAdministrator(database: string): Promise<Database> {
  return Database.open({ url: testServer(), database, maxConnections: 2, clock: new SystemClock() });
}

/** Provisions it under its own name, which tests that run side by side share. @returns the URLs of its two logins */
export async function provisionForTests(declared: ServiceDatabase): Promise<{ url: string; operatorsUrl: string }> {
  const server = testServer();
  const operators = operatorsOf(declared.name);
  await provision({
    url: server,
    databases: [{ ...declared, password: passwordOf(serviceLoginOf(declared.name)) }],
    operators: { name: operators, password: passwordOf(operators) },
    clock: new SystemClock(),
  });
  return { url: urlAs(serviceLoginOf(declared.name)), operatorsUrl: urlAs(operators) };
}

const operatorsOf = (database: string): string => `${database}_operators`;

/** Derived from the server's password, so the same in every process of a run. */
function passwordOf(login: string): string {
  const { password } = new URL(testServer());
  assert(password, 'TEST_DATABASE_URL has no password');
  return createHmac('sha256', password).update(login).digest('base64url');
}

function urlAs(login: string): string {
  return Object.assign(new URL(testServer()), { username: login, password: passwordOf(login) }).toString();
}
