import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { SystemClock } from '#clock';
import { eventually, testDatabase, type TestDatabase } from '#testing';
import { Database } from './database.js';
import { sendPipeline } from './pipeline.js';
import { sessionConfig } from './session.js';
import { statement } from './statement.js';
import { Wire } from './testing/wire.js';
import { CommitUnknownError } from './transient.js';

const write = statement('cut.write', 'INSERT INTO item VALUES ($1)');
const count = statement('cut.count', 'SELECT count(*) FROM item');
const writing = statement(
  'cut.writing',
  'SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL',
);

describe('Database behind a wire that is cut without a word', () => {
  let test: TestDatabase;
  let wire: Wire;
  let database: Database;
  let url: URL;

  beforeEach(async () => {
    test = await testDatabase('cut');
    await test.database.query(statement('cut.create', 'CREATE TABLE item (id int PRIMARY KEY)'));
    url = new URL(test.url);
    wire = new Wire(new URL(test.url));
    url.port = String(await wire.listen());
    database = await Database.open({
      url: url.toString(),
      database: test.name,
      clock: new SystemClock(),
      statementTimeoutMs: 400,
      maxConnections: 1,
    });
  });
  afterEach(async () => {
    await database.close();
    await wire.close();
    await test.drop();
  });

  it('times out a query without an answer, and works again once the network is back', async () => {
    wire.cut();
    const error: unknown = await database.query(count).catch((error: unknown) => error);
    expect(error).toMatchObject({ message: 'Query read timeout' });
    expect(database.isTransient(error)).toBe(true);
    wire.mend();
    expect(await database.query(count)).toEqual([{ count: 0 }]);
  });

  it('rolls back when the wire is cut before COMMIT', async () => {
    let rolledBack = false;
    const work = database.transaction(async (tx) => {
      tx.onRollback(() => (rolledBack = true));
      await tx.query(write, [1]);
      wire.cut();
      await tx.query(write, [2]);
    });
    await expect(work).rejects.toThrow('Query read timeout');
    expect(rolledBack).toBe(true);
    wire.mend();
    await eventually('the server has given the lock back', () => database.query(write, [1]).then(() => true));
    expect(await database.query(count)).toEqual([{ count: 1 }]);
  });

  it('loses its locks when it is frozen in the middle of a write', async () => {
    const frozen = new Client({
      ...sessionConfig({ url: url.href, database: test.name, statementTimeoutMs: 400 }),
      query_timeout: 0,
    });
    frozen.on('error', () => undefined);
    await frozen.connect();
    let chunks = 0;
    wire.watch = (from) => (from === 'client' && ++chunks > 3 ? 'drop' : 'pass');
    const outcome = sendPipeline(frozen, [
      { ...statement('cut.begin', 'BEGIN'), values: [] },
      { ...write, values: [1] },
      { ...statement('cut.long', 'SELECT length($1)'), values: ['x'.repeat(8e6)] },
    ]).catch((error: unknown) => error);
    await eventually('the server has performed its first part', async () => {
      const [row] = await test.database.query<{ count: number }>(writing);
      return row!.count === 1;
    });
    // To the server it is not idle in its transaction: transaction_timeout ends it, after six times 400 ms.
    await test.database.query(write, [1]);
    expect(await outcome).toMatchObject({ code: '25P04' });
    await frozen.end();
  });

  it('does not know the outcome when the wire is cut at COMMIT', async () => {
    const work = database.transaction(async (tx) => {
      await tx.query(write, [1]);
      wire.cut();
    });
    await expect(work).rejects.toThrow(CommitUnknownError);
    wire.mend();
    expect(await database.query(count)).toEqual([{ count: 0 }]);
  });
});
