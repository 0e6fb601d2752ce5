import { Client } from 'pg';
import { SystemClock } from '#clock';
import { testDatabase } from '#testing';
import { Database } from '../database.js';
import { statement } from '../statement.js';
import type { DatabaseWorld } from './database-world.js';
import { Wire } from './wire.js';

const waitingStatement = statement(
  'contract.waiting',
  `SELECT count(DISTINCT pid)::int AS count FROM pg_locks JOIN pg_stat_activity USING (pid)
   WHERE NOT granted AND datname = current_database()`,
);

/** A database on the tests' server, behind a `Wire`. */
export async function realDatabaseWorld(name: string, ddl: string): Promise<DatabaseWorld> {
  const clock = new SystemClock();
  const test = await testDatabase(name);
  const url = new URL(test.url);
  await migrate(url, test.name, ddl);
  const wire = new Wire(new URL(test.url));
  url.port = String(await wire.listen());
  const opened: Database[] = [];
  return {
    clock,
    open: async (options = {}) => {
      const database = await Database.open({ url: url.href, database: test.name, clock, ...options });
      opened.push(database);
      return database;
    },
    cut: () => wire.sever(),
    away: () => wire.close(),
    back: async () => void (await wire.listen()),
    loseNextCommit: (when) => {
      let sent = false;
      wire.watch = (from, chunk) => {
        if (from === 'client' && chunk.includes('COMMIT')) sent = true;
        else if (!sent || from === 'client' || !chunk.includes('COMMIT')) return 'pass';
        if (from === 'client' && when === 'after') return 'pass';
        wire.watch = () => 'pass';
        return 'sever';
      };
    },
    waiting: async () => (await test.database.query<{ count: number }>(waitingStatement))[0]!.count,
    close: async () => {
      await Promise.all(opened.map((database) => database.close().catch(() => undefined)));
      await wire.close();
      await test.drop();
    },
  };
}

async function migrate(url: URL, name: string, ddl: string): Promise<void> {
  const own = new URL(url);
  own.pathname = name;
  const client = new Client({ connectionString: own.href });
  await client.connect();
  await client.query(ddl);
  await client.end();
}
