import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import {
  knownStatements,
  ownerRoleOf,
  serviceLoginOf,
  type DatabaseRights,
  type ServiceDatabase,
  type Statement,
} from '#postgres';
import { withFrameTables } from '#service';
import { notEmpty, provisionedDatabase, type ProvisionedDatabase } from '#testing';

/** Of the frame, in operators' commands: `holdfast parked` and `holdfast verify`. The service runs some of them too. */
const framesForOperators = {
  only: ['checker_rest', 'parked.replayer', 'parked_discard', 'parked_free', 'parked_hold', 'parked_request'],
  shared: ['parked_find', 'parked_keys', 'parked_of_key'],
};

type LoginKind = keyof DatabaseRights;

export interface StatementsByLogin {
  readonly database: ServiceDatabase;
  /** Statements of operators' commands that the service never runs, by name. */
  readonly operatorsOnly: readonly string[];
  /** Statements that both run. */
  readonly shared: readonly string[];
  /** Statements without a name, and those that TypeORM writes. */
  readonly unnamed?: { readonly service?: readonly string[]; readonly operators?: readonly string[] };
}

/**
 * Each login has the rights that its statements need, and no other. Postgres checks the rights of a statement when it
 * explains it. Call it in a file that imports the service's root module, which makes the service's statements known.
 * Needs a real Postgres.
 */
export function rightsMatchStatements({ database, operatorsOnly, shared, unnamed = {} }: StatementsByLogin): void {
  const ofModules = knownStatements();
  const declared = withFrameTables(database);

  describe(`the rights at the database ${database.name}`, () => {
    let provisioned: ProvisionedDatabase;
    let owner: Client;
    const logins = {} as Record<LoginKind, Client>;
    let statements: Record<LoginKind, Statement[]>;
    const loginOf = (who: LoginKind): string =>
      who === 'service' ? serviceLoginOf(provisioned.name) : `${provisioned.name}_operators`;

    beforeAll(async () => {
      await import('#checker');
      await import('../../../../cli/src/parked/run-parked.js');
      const byName = new Map(knownStatements().map((each) => [each.name, each]));
      const named = (name: string): Statement => {
        const known = byName.get(name);
        if (!known) throw new Error(`there is no statement ${name}`);
        return known;
      };
      const unnamedOf = (texts: readonly string[] = []): Statement[] => texts.map((text) => ({ name: text, text }));
      const notTheServices = new Set([...operatorsOnly, ...framesForOperators.only]);
      statements = {
        service: [...ofModules.filter(({ name }) => !notTheServices.has(name)), ...unnamedOf(unnamed.service)],
        operators: [
          ...[...notTheServices, ...shared, ...framesForOperators.shared].map(named),
          ...unnamedOf(unnamed.operators),
        ],
      };
      provisioned = await provisionedDatabase(declared);
      const { administratorUrl, url, operatorsUrl, name } = provisioned;
      owner = await connect(administratorUrl, name);
      await owner.query(`SET ROLE ${ownerRoleOf(name)}`);
      logins.service = await connect(url, name);
      logins.operators = await connect(operatorsUrl, name);
    });
    afterAll(async () => {
      for (const client of [owner, ...Object.values(logins)]) await client?.end();
      await provisioned?.drop();
    });

    /** @returns the statements that Postgres refuses to this login */
    async function refused(who: LoginKind): Promise<string[]> {
      const names: string[] = [];
      for (const { name, text } of statements[who].filter(needsRights)) {
        await logins[who].query(`EXPLAIN (GENERIC_PLAN) ${text}`).catch((error: { code?: string; message: string }) => {
          if (error.code !== '42501') throw new Error(`${name}: ${error.message}`);
          names.push(name);
        });
      }
      return names;
    }

    it.each(['service', 'operators'] as const)('let %s run every statement of its own', async (who) => {
      notEmpty(statements[who]);
      expect(await refused(who)).toEqual([]);
    });

    const rights = (['service', 'operators'] as const).flatMap((who) =>
      Object.entries(declared.rights[who]).flatMap(([table, granted]) =>
        granted.map((right) => [who, right, table] as const),
      ),
    );
    it.each(rights)('give %s no %s on %s in vain: without it a statement fails', async (who, right, table) => {
      await owner.query(`REVOKE ${right} ON ${table} FROM ${loginOf(who)}`);
      try {
        expect(await refused(who)).not.toEqual([]);
      } finally {
        await owner.query(`GRANT ${right} ON ${table} TO ${loginOf(who)}`);
      }
    });

    it('are what Postgres itself says of each login', async () => {
      for (const who of ['service', 'operators'] as const) {
        const { rows } = await owner.query<{ table: string; rights: string[] }>(grantedSql, [loginOf(who)]);
        const found = Object.fromEntries(rows.map(({ table, rights: granted }) => [table, granted]));
        const expected = Object.entries(declared.rights[who]).map(([table, granted]) => [table, [...granted].sort()]);
        expect(found).toEqual(Object.fromEntries(expected));
      }
    });
  });
}

async function connect(url: string, database: string): Promise<Client> {
  const client = new Client({ connectionString: Object.assign(new URL(url), { pathname: `/${database}` }).toString() });
  await client.connect();
  return client;
}

/** NOTIFY and SET need no rights, and cannot be explained. */
const needsRights = ({ text }: Statement): boolean => !/^\s*(NOTIFY|SET)\b/.test(text);

const grantedSql = `
  SELECT relname AS table, array_agg(DISTINCT granted ORDER BY granted) AS rights FROM (
    SELECT relname, privilege_type AS granted, grantee FROM pg_class, aclexplode(relacl)
    WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT relname, format('%s (%s)', privilege_type, attname), grantee
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl)
    WHERE relnamespace = 'public'::regnamespace
  ) AS acl
  WHERE grantee IN ($1::regrole, 0)
  GROUP BY relname`;
