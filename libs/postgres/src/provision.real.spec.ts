import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SystemClock } from '#clock';
import { assertMigrated, NotMigratedError } from './assert-migrated.js';
import { Database } from './database.js';
import { migrate } from './migrate.js';
import { provision, UnsafeRoleError, type ProvisionOptions } from './provision.js';
import { ownerRoleOf, serviceLoginOf, type ServiceDatabase } from './service-database.js';

class Notes1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE note (id int8 GENERATED ALWAYS AS IDENTITY, text text);
      CREATE VIEW short_note AS SELECT text FROM note WHERE length(text) < 9;
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';`);
  }
  async down(): Promise<void> {}
}

class Authors1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE note ADD COLUMN author text');
  }
  async down(): Promise<void> {}
}

const clock = new SystemClock();
const server = process.env['TEST_DATABASE_URL']!;

describe('provision', () => {
  const unique = `test_notes_${randomBytes(4).toString('hex')}`;
  const operators = { name: `${unique}_operators`, password: 'of-operators' };
  const administratorRole = `${unique}_admin`;
  const declared: ServiceDatabase = {
    name: unique,
    migrations: [Notes1700000000001],
    rights: { service: { note: ['SELECT', 'INSERT'], migrations: ['SELECT'] }, operators: { note: ['SELECT'] } },
  };
  const options = (over: Partial<ProvisionOptions & ServiceDatabase> = {}): ProvisionOptions => ({
    url: over.url ?? server,
    databases: [{ ...declared, ...over, password: 'of-service' }],
    operators: over.operators ?? operators,
    ...(over.wholeServer && { wholeServer: true }),
    clock,
  });
  let administrator: Client;

  beforeEach(async () => {
    administrator = await connect('holdfast', undefined, 'postgres');
  });
  afterEach(async () => {
    await administrator.query(`DROP DATABASE IF EXISTS ${unique} WITH (FORCE)`);
    await administrator.query(`DROP DATABASE IF EXISTS ${administratorRole} WITH (FORCE)`);
    const roles = [ownerRoleOf(unique), serviceLoginOf(unique), operators.name, administratorRole];
    await administrator.query(`DROP ROLE IF EXISTS ${roles.join(', ')}`);
    await administrator.end();
  });

  function urlAs(user: string, password: string | undefined, database: string): string {
    const url = new URL(server);
    if (password !== undefined) Object.assign(url, { username: user, password });
    url.pathname = `/${database}`;
    return url.toString();
  }
  async function connect(user: string, password: string | undefined, database = unique): Promise<Client> {
    const client = new Client({ connectionString: urlAs(user, password, database) });
    await client.connect();
    return client;
  }
  async function rowsAs(user: string, password: string, text: string): Promise<unknown[]> {
    const client = await connect(user, password);
    try {
      return (await client.query<object>(text)).rows;
    } finally {
      await client.end();
    }
  }
  const asService = (text: string): Promise<unknown[]> => rowsAs(serviceLoginOf(unique), 'of-service', text);
  const asOperator = (text: string): Promise<unknown[]> => rowsAs(operators.name, 'of-operators', text);
  const refused = { code: '42501' };
  /** Everything of the database, by its owner. */
  async function owners(): Promise<string[]> {
    const client = await connect('holdfast', undefined);
    const { rows } = await client.query<{ owner: string }>(
      `SELECT DISTINCT pg_get_userbyid(owner) AS owner FROM (
         SELECT relowner AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace
         UNION SELECT proowner FROM pg_proc WHERE pronamespace = 'public'::regnamespace
         UNION SELECT datdba FROM pg_database WHERE datname = current_database()
       ) AS object`,
    );
    await client.end();
    return rows.map(({ owner }) => owner);
  }

  it('makes a database whose tables its logins use as declared, and in no other way', async () => {
    await provision(options());
    await asService(`INSERT INTO note (text) VALUES ('first')`);
    expect(await asOperator('SELECT text FROM note')).toEqual([{ text: 'first' }]);
    await expect(asService('DELETE FROM note')).rejects.toMatchObject(refused);
    await expect(asOperator(`INSERT INTO note (text) VALUES ('mine')`)).rejects.toMatchObject(refused);
    await expect(asService('SELECT text FROM short_note')).rejects.toMatchObject(refused);
    expect(await owners()).toEqual([ownerRoleOf(unique)]);
  });

  it('takes over what an administrator owned, with its rows, and goes on migrating it', async () => {
    await migrate({ url: server, database: unique, migrations: [Notes1700000000001], clock });
    const before = await connect('holdfast', undefined);
    await before.query(`INSERT INTO note (text) VALUES ('old')`);
    await before.end();
    expect(await owners()).not.toEqual([ownerRoleOf(unique)]);

    await provision(options({ migrations: [Notes1700000000001, Authors1700000000002] }));
    expect(await owners()).toEqual([ownerRoleOf(unique)]);
    expect(await asService('SELECT text, author FROM note')).toEqual([{ text: 'old', author: null }]);
  });

  it('revokes rights that are no longer declared, and rights that an administrator granted by hand', async () => {
    await provision(options());
    const owner = await connect('holdfast', undefined);
    await owner.query(`GRANT DELETE, UPDATE (text) ON note TO ${serviceLoginOf(unique)}`);
    await owner.query('GRANT SELECT ON short_note TO PUBLIC');
    await owner.end();
    await provision(options({ rights: { service: { note: ['SELECT'] }, operators: {} } }));
    expect(await asService('SELECT FROM note')).toEqual([]);
    await expect(asService('DELETE FROM note')).rejects.toMatchObject(refused);
    await expect(asService(`UPDATE note SET text = ''`)).rejects.toMatchObject(refused);
    await expect(asService('SELECT FROM short_note')).rejects.toMatchObject(refused);
    await expect(asOperator('SELECT FROM note')).rejects.toMatchObject(refused);
  });

  it('may be repeated, and run several times at once', async () => {
    await Promise.all([1, 2, 3].map(() => provision(options())));
    await asService(`INSERT INTO note (text) VALUES ('kept')`);
    await provision(options());
    expect(await asService('SELECT text FROM note')).toEqual([{ text: 'kept' }]);
  });

  it('needs an administrator who may create databases and roles, and no superuser', async () => {
    await administrator.query(`CREATE ROLE ${administratorRole} LOGIN CREATEDB CREATEROLE PASSWORD 'of-admin'`);
    await administrator.query(`CREATE DATABASE ${administratorRole} OWNER ${administratorRole}`);
    const url = urlAs(administratorRole, 'of-admin', administratorRole);
    await provision(options({ url }));
    await provision(options({ url, migrations: [Notes1700000000001, Authors1700000000002] }));
    expect(await asService('SELECT author FROM note')).toEqual([]);
    expect(await owners()).toEqual([ownerRoleOf(unique)]);
  });

  it('takes no role for a login that may do more than a login may', async () => {
    await administrator.query(`CREATE ROLE ${serviceLoginOf(unique)} LOGIN CREATEDB`);
    await expect(provision(options())).rejects.toBeInstanceOf(UnsafeRoleError);
    await administrator.query(`ALTER ROLE ${serviceLoginOf(unique)} NOCREATEDB`);
    await administrator.query(`GRANT pg_read_all_data TO ${serviceLoginOf(unique)}`);
    await expect(provision(options())).rejects.toBeInstanceOf(UnsafeRoleError);
  });

  it('stores no password, but what a login with it is checked by', async () => {
    await provision(options());
    const { rows } = await administrator.query('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [
      serviceLoginOf(unique),
    ]);
    expect(rows).toEqual([{ rolpassword: expect.stringMatching(/^SCRAM-SHA-256\$4096:/) as unknown }]);
    await expect(rowsAs(serviceLoginOf(unique), 'of-nobody', 'SELECT')).rejects.toMatchObject({ code: '28P01' });
    await provision({ ...options(), databases: [{ ...declared, password: 'changed' }] });
    await expect(asService('SELECT')).rejects.toMatchObject({ code: '28P01' });
    expect(await rowsAs(serviceLoginOf(unique), 'changed', 'SELECT')).toHaveLength(1);
  });

  it('closes the other databases of a server that is ours alone', async () => {
    await administrator.query(`CREATE DATABASE ${administratorRole}`);
    await provision(options());
    const other = async (): Promise<void> =>
      (await connect(serviceLoginOf(unique), 'of-service', administratorRole)).end();
    await other();
    await provision(options({ wholeServer: true }));
    for (const database of [administratorRole, 'postgres', 'template1'])
      await expect(connect(serviceLoginOf(unique), 'of-service', database)).rejects.toMatchObject(refused);
  });
});

describe('assertMigrated', () => {
  it('names the migrations that a database lacks, and minds none that it has beyond', async () => {
    const name = `test_lacking_${randomBytes(4).toString('hex')}`;
    await migrate({ url: server, database: name, migrations: [Notes1700000000001], clock });
    const database = await Database.open({ url: server, database: name, clock });
    await assertMigrated(database, [Notes1700000000001]);
    await assertMigrated(database, []);
    const lacking = assertMigrated(database, [Notes1700000000001, Authors1700000000002]);
    await expect(lacking).rejects.toEqual(new NotMigratedError(['Authors1700000000002']));
    await database.close();
    const client = new Client({ connectionString: server });
    await client.connect();
    await client.query(`DROP DATABASE ${name}`);
    await client.end();
  });
});
