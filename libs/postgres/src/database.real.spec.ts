import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '#testing';
import type { Database } from './database.js';
import { statement } from './statement.js';
import { databaseContract } from './testing/database-contract.js';
import { realDatabaseWorld } from './testing/real-database-world.js';
import { outcomeOf } from './testing/transaction-outcome.js';

const insert = statement('spec.insert', 'INSERT INTO item (id, amount) VALUES ($1, $2)');
const list = statement('spec.list', 'SELECT id, amount FROM item ORDER BY id');
const myBackend = statement('spec.my_backend', 'SELECT pg_backend_pid() AS pid');

describe('Database', () => {
  databaseContract((ddl) => realDatabaseWorld('database_contract', ddl));

  let test: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    test = await testDatabase('database', { maxConnections: 3 });
    database = test.database;
    await database.query(
      statement('spec.create', 'CREATE TABLE item (id text PRIMARY KEY, amount int8 NOT NULL CHECK (amount < 1000))'),
    );
    await database.query(
      statement(
        'spec.create_linked',
        'CREATE TABLE linked (item text REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED)',
      ),
    );
  });
  afterAll(() => test.drop());
  beforeEach(async () => {
    await database.query(statement('spec.empty', 'TRUNCATE item, linked'));
  });

  it('commits nothing when the values of an enqueued statement cannot be serialized', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const { effects, error } = await outcomeOf(database, async (tx) => {
      await tx.query(insert, ['a', 1]);
      tx.enqueue(insert, [circular, 1]);
    });
    expect(effects).toEqual(['rollback']);
    expect(error).toMatchObject({ message: expect.stringContaining('circular') });
    expect(await database.query(list)).toEqual([]);
  });

  it('treats a deferred constraint that fails at COMMIT as a rollback', async () => {
    const link = statement('spec.link', 'INSERT INTO linked (item) VALUES ($1)');
    const { effects, error } = await outcomeOf(database, (tx) => tx.query(link, ['nowhere']));
    expect(effects).toEqual(['rollback']);
    expect(error).toMatchObject({ code: '23503' });
    expect(database.isTransient(error)).toBe(false);
  });

  it('prepares a statement that failed, or stood behind one, again or not at all, as its connection needs', async () => {
    const alone = await testDatabase('prepared', { maxConnections: 1 });
    const missing = statement('spec.missing', 'SELECT * FROM nowhere');
    const behind = statement('spec.behind', 'SELECT 2 AS two');
    const before = statement('spec.before', 'SELECT 1 AS one');
    const all = (...statements: (typeof missing)[]) =>
      alone.database.transaction((tx) => Promise.all(statements.map((one) => tx.query(one))));
    await expect(all(before, missing, behind)).rejects.toMatchObject({ code: '42P01' });
    expect(await all(behind, before, behind)).toEqual([[{ two: 2 }], [{ one: 1 }], [{ two: 2 }]]);
    await expect(all(missing)).rejects.toMatchObject({ code: '42P01' });
    await alone.drop();
  });

  it('reuses a connection after an error of the server, and closes it when its state is unknown', async () => {
    const alone = await testDatabase('alone', { maxConnections: 1 });
    const pid = async (): Promise<unknown> => (await alone.database.query(myBackend))[0]!['pid'];
    const before = await pid();
    const refused = statement('spec.refused', 'SELECT 1 / 0');
    await expect(alone.database.transaction((tx) => tx.query(refused))).rejects.toMatchObject({ code: '22012' });
    expect(await pid()).toBe(before);
    await expect(alone.database.transaction((tx) => tx.query(refused, [1n, { big: 1n }]))).rejects.toThrow('BigInt');
    expect(await pid()).toBe(before);
    const unreadable = statement('spec.unreadable', 'SELECT 9007199254740993::int8');
    await expect(alone.database.transaction((tx) => tx.query(unreadable))).rejects.toThrow('beyond a safe integer');
    expect(await pid()).not.toBe(before);
    await alone.drop();
  });

  it('reads int8 as a safe integer or fails, and instants as milliseconds', async () => {
    const read = statement(
      'spec.read',
      `SELECT 9007199254740991::int8 AS largest, ARRAY[1, 2]::int8[] AS several,
              '2026-01-02 03:04:05.678+00'::timestamptz AS at, '2026-01-02'::date AS day, count(*) AS none FROM item`,
    );
    expect(await database.query(read)).toEqual([
      {
        largest: Number.MAX_SAFE_INTEGER,
        several: [1, 2],
        at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
        day: '2026-01-02',
        none: 0,
      },
    ]);
    const tooLarge = statement('spec.too_large', 'SELECT 9007199254740993::int8');
    await expect(database.query(tooLarge)).rejects.toThrow('beyond a safe integer');
  });
});
