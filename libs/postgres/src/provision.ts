import assert from 'node:assert/strict';
import { Client } from 'pg';
import { fullJitterMs, type Clock } from '#clock';
import { migrate } from './migrate.js';
import { scramVerifier } from './scram-verifier.js';
import { ownerRoleOf, serviceLoginOf, type ServiceDatabase, type TableRights } from './service-database.js';
import { databaseUrl } from './session.js';
import { isTransientError } from './transient.js';

export interface ProvisionOptions {
  /** Of an administrator, who needs CREATEDB and CREATEROLE; its path names a database that exists. */
  url: string;
  databases: readonly (ServiceDatabase & { readonly password: string })[];
  /** One login for operators' commands, in all of these databases. */
  operators: { readonly name: string; readonly password: string };
  /** The server holds nothing but this system, so that its other databases may be closed to these logins as well. */
  wholeServer?: boolean;
  /** How long to wait for a server that does not answer yet. Default 30 s. */
  reachableWithinMs?: number;
  clock: Clock;
}

/** A role has the name of one of ours, and may do more than ours may. */
export class UnsafeRoleError extends Error {
  readonly code = 'unsafe_role';
  override readonly name = 'UnsafeRoleError';

  constructor(role: string) {
    super(`the role ${role} exists, and has attributes or memberships that no login of a service may have`);
  }
}

/** Any constant that no other user of the server's advisory locks takes: "prov" in ASCII. */
const provisionLock = 0x70726f76;

/**
 * Gives each service a database that a role without a login owns, migrates it as that role, and lets two logins in,
 * with the rights that are declared and no others. Repeating it changes nothing but the stored passwords. A database
 * that an administrator owned before, with its tables, changes its owner. Waits for a server that is still starting.
 */
export async function provision(options: ProvisionOptions): Promise<void> {
  const administrator = await connectOnceReachable(options);
  try {
    // Roles belong to the server, not to one database, so a concurrent provisioning waits here.
    await administrator.query('SELECT pg_advisory_lock($1)', [provisionLock]);
    await ensureLogin(administrator, options.operators.name, options.operators.password);
    for (const database of options.databases) {
      await ensureOwner(administrator, ownerRoleOf(database.name));
      await ensureLogin(administrator, serviceLoginOf(database.name), database.password);
      await ensureDatabase(administrator, database.name, options.operators.name);
      await migrateAsOwner(database, options);
    }
    if (options.wholeServer) await closeToPublic(administrator);
  } finally {
    await administrator.end();
  }
}

async function connectOnceReachable({ url, clock, reachableWithinMs = 30_000 }: ProvisionOptions): Promise<Client> {
  const deadlineMs = clock.monotonicMs() + reachableWithinMs;
  for (let attempt = 1; ; attempt++) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!isTransientError(error) || clock.monotonicMs() >= deadlineMs) throw error;
    }
    await clock.sleep(fullJitterMs(attempt, { baseMs: 100, capMs: 2_000 }, () => clock.random()));
  }
}

/** Only names that need no quotes: they stand in URLs and in startup options too. */
function nameOf(identifier: string): string {
  assert(/^[a-z_][a-z0-9_]{0,62}$/.test(identifier), `no plain name of a role or database: ${identifier}`);
  return identifier;
}

async function ensureOwner(administrator: Client, role: string): Promise<void> {
  if (!(await isThereAndSafe(administrator, role))) await administrator.query(`CREATE ROLE ${nameOf(role)} NOLOGIN`);
  // Who may create roles may administer them, but becomes their member only by granting that to itself.
  const { rows } = await administrator.query<{ member: boolean }>(
    `SELECT pg_has_role(current_user, $1, 'SET') AND pg_has_role(current_user, $1, 'USAGE') AS member`,
    [role],
  );
  if (!rows[0]!.member) await administrator.query(`GRANT ${nameOf(role)} TO CURRENT_USER WITH SET TRUE, INHERIT TRUE`);
}

async function ensureLogin(administrator: Client, role: string, password: string): Promise<void> {
  const verb = (await isThereAndSafe(administrator, role)) ? 'ALTER' : 'CREATE';
  await administrator.query(`${verb} ROLE ${nameOf(role)} LOGIN PASSWORD '${scramVerifier(password)}'`);
}

/** @throws UnsafeRoleError */
async function isThereAndSafe(administrator: Client, role: string): Promise<boolean> {
  const { rows } = await administrator.query<{ unsafe: boolean }>(
    `SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
            OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) AS unsafe
     FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  if (rows[0]?.unsafe) throw new UnsafeRoleError(role);
  return rows.length > 0;
}

async function ensureDatabase(administrator: Client, name: string, operators: string): Promise<void> {
  const [database, owner, service] = [nameOf(name), ownerRoleOf(name), serviceLoginOf(name)];
  const { rows } = await administrator.query<{ owner: string }>(
    'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1',
    [name],
  );
  if (rows.length === 0) await administrator.query(`CREATE DATABASE ${database} OWNER ${owner} TEMPLATE template0`);
  else if (rows[0]!.owner !== owner) await administrator.query(`ALTER DATABASE ${database} OWNER TO ${owner}`);
  await administrator.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC, ${service}, ${operators}`);
  await administrator.query(`GRANT CONNECT ON DATABASE ${database} TO ${service}, ${operators}`);
}

async function migrateAsOwner(database: ServiceDatabase, { url, clock, operators }: ProvisionOptions): Promise<void> {
  const { name, migrations, rights } = database;
  const owner = ownerRoleOf(name);
  const client = new Client({ connectionString: databaseUrl(url, name) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await takeOver(client, owner);
    await migrate({ url, database: name, migrations, clock, role: owner });
    const logins = { [serviceLoginOf(name)]: rights.service, [operators.name]: rights.operators };
    await client.query('BEGIN');
    await client.query(`SET LOCAL ROLE ${owner}`);
    for (const text of grants(logins)) await client.query(text);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** Of a database that was migrated before its owner had a role of its own. */
async function takeOver(client: Client, owner: string): Promise<void> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT format('ALTER %s %s OWNER TO %I', kind, name, $1::text) AS text FROM (
       SELECT 'pg_class'::regclass AS catalog, oid, relowner AS owner, oid::regclass::text AS name,
              CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
       FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
       UNION ALL
       SELECT 'pg_proc'::regclass, oid, proowner, oid::regprocedure::text, 'ROUTINE'
       FROM pg_proc WHERE pronamespace = 'public'::regnamespace
     ) AS object
     WHERE pg_get_userbyid(owner) <> $1
       -- A column's sequence goes with its table, and an extension's parts with the extension.
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = catalog AND objid = object.oid AND deptype IN ('a', 'i', 'e'))`,
    [owner],
  );
  for (const { text } of rows) await client.query(text);
}

function grants(logins: Readonly<Record<string, TableRights>>): string[] {
  const everyone = ['PUBLIC', ...Object.keys(logins)].join(', ');
  return [
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${everyone}`,
    `REVOKE ALL ON ALL ROUTINES IN SCHEMA public FROM ${everyone}`,
    `REVOKE CREATE ON SCHEMA public FROM ${everyone}`,
    ...Object.entries(logins).flatMap(([login, rights]) =>
      Object.entries(rights).map(([table, granted]) => `GRANT ${granted.join(', ')} ON ${table} TO ${login}`),
    ),
  ];
}

/** By default every login may open every database of a server, and make temporary tables in it. */
async function closeToPublic(administrator: Client): Promise<void> {
  const { rows } = await administrator.query<{ text: string }>(
    `SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname) AS text FROM pg_database
     WHERE has_database_privilege('public', oid, 'CONNECT, TEMPORARY')`,
  );
  for (const { text } of rows) await administrator.query(text);
}
