import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { ownerRoleOf } from '#postgres';
import { provisionedDatabase, type ProvisionedDatabase } from '#testing';
import { serviceDatabases } from './service-databases.js';

const REFUSED = '42501';

/** Attempts of an attacker with the URL of a service. */
const attempts = {
  ledger: {
    'turn the triggers off': 'SET session_replication_role = replica',
    'change a transfer': 'UPDATE transfer SET amount_minor = 1',
    'change one column of a transfer': `UPDATE transfer SET cause = 'mine' WHERE charge_id = 'ch_1'`,
    'delete a transfer': 'DELETE FROM transfer',
    'lock transfers against everybody': 'BEGIN; LOCK TABLE transfer IN ACCESS EXCLUSIVE MODE',
    'empty the books': 'TRUNCATE transfer',
    'disable the triggers of transfers': 'ALTER TABLE transfer DISABLE TRIGGER ALL',
    'drop a trigger': 'DROP TRIGGER transfers_are_immutable ON transfer',
    'replace the function of a trigger': `CREATE OR REPLACE FUNCTION refuse_to_rewrite_history() RETURNS trigger
      LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
    'rename an account': `UPDATE account SET owner = 'mallory'`,
    'delete an account': 'DELETE FROM account',
    'lift a limit': 'UPDATE account_limit SET frozen = false',
    'drop a table': 'DROP TABLE transfer',
    'add a column': 'ALTER TABLE hold ADD COLUMN mine text',
    'give itself a right': 'GRANT UPDATE ON transfer TO CURRENT_USER; UPDATE transfer SET amount_minor = 1',
    'claim that a migration has run': `INSERT INTO migrations (timestamp, name) VALUES (1, 'Mine')`,
  },
  'payments-api': {
    'change an event': `UPDATE charge_event SET data = '{}'`,
    'delete an event': 'DELETE FROM charge_event',
    'change a balance transaction': 'UPDATE balance_transaction SET amount_minor = 1',
    'delete a balance transaction': 'DELETE FROM balance_transaction',
    'change an answer that was given': `UPDATE idempotency_answer SET body = '{}'`,
    'make an API key': `INSERT INTO api_key (hash, account, label) VALUES ('h', 'acct_1', 'mine')`,
  },
  'bank-gateway': {
    'delete an operation': 'DELETE FROM bank_operation',
    'delete an authorization': 'DELETE FROM bank_authorization',
  },
} as const;

/** The same at every database. */
const everywhere = {
  'create a table': 'CREATE TABLE mine (n int)',
  'create a temporary table': 'CREATE TEMPORARY TABLE mine (n int)',
  'create a schema': 'CREATE SCHEMA mine',
  'create a database': 'CREATE DATABASE mine',
  'create a role': 'CREATE ROLE mine SUPERUSER',
  'become a superuser': 'ALTER ROLE CURRENT_USER SUPERUSER',
  'load an extension': 'CREATE EXTENSION pg_stat_statements',
  'run a program': `COPY (SELECT 1) TO PROGRAM 'true'`,
  'write a file': `COPY (SELECT 1) TO '/tmp/mine'`,
  'read a file': `SELECT pg_read_file('postgresql.conf')`,
  'read the passwords': 'SELECT rolpassword FROM pg_authid',
  'change a setting of the server': `ALTER SYSTEM SET fsync = 'off'`,
  'have the settings read again': 'SELECT pg_reload_conf()',
};

describe('an attacker with the login of a service cannot', () => {
  const databases = {} as Record<keyof typeof serviceDatabases, ProvisionedDatabase>;
  const administrators = {} as Record<keyof typeof serviceDatabases, Client>;

  beforeAll(async () => {
    for (const [service, declared] of Object.entries(serviceDatabases)) {
      const database = await provisionedDatabase(declared);
      databases[service as keyof typeof databases] = database;
      administrators[service as keyof typeof databases] = await connect(database.administratorUrl, database.name);
    }
    await administrators.ledger.query(aTransferSql);
  });
  afterAll(async () => {
    for (const client of Object.values(administrators)) await client.end();
    for (const database of Object.values(databases)) await database.drop();
  });

  async function connect(url: string, database: string): Promise<Client> {
    const client = new Client({
      connectionString: Object.assign(new URL(url), { pathname: `/${database}` }).toString(),
    });
    await client.connect();
    return client;
  }

  /** @returns the code with which Postgres refuses, or `done` */
  async function attempt(service: keyof typeof databases, text: string): Promise<string> {
    const client = await connect(databases[service].url, databases[service].name);
    try {
      return await client.query(text).then(
        () => 'done',
        ({ code }: { code?: string }) => code!,
      );
    } finally {
      await client.end();
    }
  }

  const all = Object.entries(attempts).flatMap(([service, texts]) =>
    Object.entries({ ...texts, ...everywhere }).map(
      ([what, text]) => [service as keyof typeof databases, what, text] as const,
    ),
  );
  it.each(all)('of %s: %s', async (service, _, text) => {
    expect(await attempt(service, text)).toBe(REFUSED);
  });

  it('become the owner of the tables, an operator, or another service', async () => {
    const { ledger, 'payments-api': payments } = databases;
    for (const role of [ownerRoleOf(ledger.name), `${ledger.name}_operators`, `${payments.name}_service`])
      expect([role, await attempt('ledger', `SET ROLE ${role}`)]).toEqual([role, REFUSED]);
  });

  it.each([
    ['payments-api', 'ledger'],
    ['payments-api', 'bank-gateway'],
    ['bank-gateway', 'payments-api'],
    ['ledger', 'payments-api'],
  ] as const)('of %s: open the database of %s', async (service, other) => {
    const opening = connect(databases[service].url, databases[other].name);
    await expect(opening).rejects.toMatchObject({ code: REFUSED });
  });

  it('end or cancel the sessions of others', async () => {
    const { rows } = await administrators.ledger.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const { pid } = rows[0]!;
    expect(await attempt('payments-api', `SELECT pg_terminate_backend(${pid})`)).toBe(REFUSED);
    expect(await attempt('payments-api', `SELECT pg_cancel_backend(${pid})`)).toBe(REFUSED);
  });

  it('write transfers that do not fit, or refund more than was captured', async () => {
    const transfer = (effect: string, kind: string, amount: number, resolves = 'NULL') =>
      `INSERT INTO transfer (charge_id, effect, kind, resolves, debit_account, credit_account, amount_minor, currency, cause, posted_at)
       VALUES ('ch_1', '${effect}', '${kind}', ${resolves}, 'merchant:acct_1:usd', 'bank_receivable:alder:usd', ${amount}, 'usd', 'mine', now())`;
    expect(await attempt('ledger', transfer('refund_hold:re_1', 'pending', 101))).toBe('23514');
    expect(await attempt('ledger', transfer('mine', 'post', 100, `'authorization'`))).toBe('23514');
    // What the ledger may do, it may do: the trigger locks transfers as their owner.
    expect(await attempt('ledger', transfer('refund_hold:re_2', 'pending', 100))).toBe('done');
  });

  it('do what the administrator’s login could do until each service had its own', async () => {
    const { ledger } = administrators;
    await ledger.query('BEGIN');
    await ledger.query('SET LOCAL session_replication_role = replica');
    const { rowCount } = await ledger.query('UPDATE transfer SET amount_minor = 1');
    await ledger.query('ROLLBACK');
    expect(rowCount).toBeGreaterThan(0);
  });
});

const aTransferSql = `
  INSERT INTO account (id, kind, owner, currency) VALUES
    ('bank_receivable:alder:usd', 'bank_receivable', 'alder', 'usd'), ('merchant:acct_1:usd', 'merchant', 'acct_1', 'usd');
  INSERT INTO transfer (charge_id, effect, kind, resolves, debit_account, credit_account, amount_minor, currency, cause, posted_at)
  VALUES ('ch_1', 'capture', 'single', NULL, 'bank_receivable:alder:usd', 'merchant:acct_1:usd', 100, 'usd', 'test', now())`;
