import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '#testing';
import type { Database } from './database.js';
import { statement } from './statement.js';
import { CommitUnknownError } from './transient.js';

const insert = statement('spec.insert', 'INSERT INTO item (id, amount) VALUES ($1, $2)');
const list = statement('spec.list', 'SELECT id, amount FROM item ORDER BY id');
const endMySession = statement('spec.end_my_session', 'SELECT pg_terminate_backend(pg_backend_pid())');
const myBackend = statement('spec.my_backend', 'SELECT pg_backend_pid() AS pid');

describe('Database', () => {
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

  /** Runs a transaction and tells which of its effects ran. */
  async function outcome(work: Parameters<Database['transaction']>[0]): Promise<{ effects: string[]; error: unknown }> {
    const effects: string[] = [];
    const error = await database
      .transaction(async (tx) => {
        tx.onCommit(() => effects.push('commit'));
        tx.onRollback(() => effects.push('rollback'));
        return work(tx);
      })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    return { effects, error };
  }

  it('commits what the work wrote, then runs the effects of a commit', async () => {
    const { effects, error } = await outcome((tx) => tx.query(insert, ['a', 1]));
    expect({ effects, error }).toEqual({ effects: ['commit'], error: undefined });
    expect(await database.query(list)).toEqual([{ id: 'a', amount: 1 }]);
  });

  it('rolls back and rejects with the error of the work', async () => {
    const { effects, error } = await outcome(async (tx) => {
      await tx.query(insert, ['a', 1]);
      throw new Error('changed my mind');
    });
    expect(effects).toEqual(['rollback']);
    expect(error).toMatchObject({ message: 'changed my mind' });
    expect(await database.query(list)).toEqual([]);
  });

  it('commits statements that were enqueued and never awaited', async () => {
    const { effects } = await outcome(async (tx) => {
      tx.enqueue(insert, ['a', 1]);
      tx.enqueue(insert, ['b', 2]);
    });
    expect(effects).toEqual(['commit']);
    expect(await database.query(list)).toHaveLength(2);
  });

  it('commits nothing when one of several statements under way together fails', async () => {
    const { effects, error } = await outcome((tx) =>
      Promise.all([tx.query(insert, ['a', 1]), tx.query(insert, ['b', 5_000]), tx.query(insert, ['c', 3])]),
    );
    expect(effects).toEqual(['rollback']);
    expect(error).toMatchObject({ code: '23514' });
    expect(await database.query(list)).toEqual([]);
  });

  it('commits nothing when an enqueued statement fails behind the back of the work', async () => {
    const { effects, error } = await outcome(async (tx) => {
      await tx.query(insert, ['a', 1]);
      tx.enqueue(insert, ['a', 1]);
      tx.enqueue(insert, ['b', 1]);
    });
    expect(effects).toEqual(['rollback']);
    expect(error).toMatchObject({ code: '23505' });
    expect(await database.query(list)).toEqual([]);
  });

  it('commits nothing when the values of an enqueued statement cannot be written', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const { effects, error } = await outcome(async (tx) => {
      await tx.query(insert, ['a', 1]);
      tx.enqueue(insert, [circular, 1]);
    });
    expect(effects).toEqual(['rollback']);
    expect(error).toMatchObject({ message: expect.stringContaining('circular') });
    expect(await database.query(list)).toEqual([]);
  });

  it('commits nothing when the work caught a failed statement and went on', async () => {
    const { effects, error } = await outcome(async (tx) => {
      await tx.query(insert, ['a', 5_000]).catch(() => []);
    });
    expect(effects).toEqual(['rollback']);
    expect(error).toMatchObject({ code: '23514' });
  });

  it('takes a constraint that refuses at COMMIT for a rollback', async () => {
    const link = statement('spec.link', 'INSERT INTO linked (item) VALUES ($1)');
    const { effects, error } = await outcome((tx) => tx.query(link, ['nowhere']));
    expect(effects).toEqual(['rollback']);
    expect(error).toMatchObject({ code: '23503' });
    expect(database.isTransient(error)).toBe(false);
  });

  it('calls a connection lost before COMMIT a transient error, not an unknown outcome', async () => {
    const { effects, error } = await outcome((tx) => tx.query(endMySession));
    expect(effects).toEqual(['rollback']);
    expect(error).not.toBeInstanceOf(CommitUnknownError);
    expect(database.isTransient(error)).toBe(true);
  });

  it('calls a connection lost while COMMIT was under way an unknown outcome', async () => {
    const { effects, error } = await outcome(async (tx) => {
      await tx.query(insert, ['a', 1]);
      tx.enqueue(endMySession);
    });
    expect(effects).toEqual(['rollback']);
    expect(error).toBeInstanceOf(CommitUnknownError);
    expect(database.isTransient(error)).toBe(true);
  });

  it('gives a connection back after a refusal and gives it up after a doubt', async () => {
    const alone = await testDatabase('alone', { maxConnections: 1 });
    const pid = async (): Promise<unknown> => (await alone.database.query(myBackend))[0]!['pid'];
    const before = await pid();
    const refused = statement('spec.refused', 'SELECT 1 / 0');
    await expect(alone.database.transaction((tx) => tx.query(refused))).rejects.toMatchObject({ code: '22012' });
    expect(await pid()).toBe(before);
    await expect(alone.database.transaction((tx) => tx.query(refused, [1n, { big: 1n }]))).rejects.toThrow('BigInt');
    expect(await pid()).not.toBe(before);
    await alone.drop();
  });

  it('survives the loss of idle connections', async () => {
    const [{ pid }] = (await database.query(myBackend)) as [{ pid: number }];
    await outcome(async (tx) => {
      await tx.query(statement('spec.end_others', 'SELECT pg_terminate_backend($1::int)'), [pid]);
    });
    await eventually('the database answers again', () => database.query(list).then(() => true));
  });

  it('refuses a statement sent after its transaction has ended', async () => {
    let leaked: Parameters<Parameters<Database['transaction']>[0]>[0];
    await outcome(async (tx) => {
      leaked = tx;
    });
    await expect(leaked!.query(list)).rejects.toThrow('after its transaction had ended');
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

  it('hears notifications, also those after its connection was lost', async () => {
    let calls = 0;
    const listening = await database.listen('spec_channel', () => calls++);
    const notify = statement('spec.notify', 'NOTIFY spec_channel');
    await database.query(notify);
    await eventually('a notification arrived', () => calls === 1);
    const endListener = statement(
      'spec.end_listener',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN spec_channel'`,
    );
    expect(await database.query(endListener)).toHaveLength(1);
    await eventually('it was told that something may have been missed', () => calls === 2);
    await database.query(notify);
    await eventually('it hears again', () => calls === 3);
    await listening.close();
  });
});
