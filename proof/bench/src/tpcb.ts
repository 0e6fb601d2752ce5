import { execFile } from 'node:child_process';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SystemClock } from '#clock';
import { Database, statement } from '#postgres';

const run = promisify(execFile);
const SCALE = 50;
const CLIENTS = [8, 32, 64];
const ACCOUNTS_PER_SCALE = 100_000;

export interface Yardstick {
  readonly by: 'pgbench' | 'own';
  /** Creates the tables, once for both readings. */
  prepare(): Promise<void>;
  /** Transactions per second: the best of 8, 32 and 64 clients. */
  read(seconds: number): Promise<{ tps: number; clients: number }>;
}

/** TPC-B of Postgres' own benchmark (pgbench) on this machine, as the unit of the other figures. */
export async function tpcb(databaseUrl: string): Promise<Yardstick> {
  const program = await findPgbench();
  const url = new URL(databaseUrl);
  url.pathname = '/tpcb';
  await createDatabase(databaseUrl, 'tpcb');
  const reading = async (tpsOf: (clients: number) => Promise<number>) => {
    const readings: { tps: number; clients: number }[] = [];
    for (const clients of CLIENTS) readings.push({ tps: await tpsOf(clients), clients });
    return readings.reduce((best, next) => (next.tps > best.tps ? next : best));
  };
  if (program === undefined) {
    return {
      by: 'own',
      prepare: () => prepareOwn(url.href),
      read: (seconds) => reading((clients) => ownTps(url.href, clients, seconds)),
    };
  }
  return {
    by: 'pgbench',
    prepare: async () => void (await run(program, ['-i', '-q', '-s', String(SCALE), url.href])),
    read: (seconds) =>
      reading(async (clients) => {
        const { stdout } = await run(program, [
          '-n',
          '-M',
          'prepared',
          '-c',
          String(clients),
          '-j',
          '2',
          '-T',
          String(seconds),
          url.href,
        ]);
        // On a machine so busy that no transaction ends, pgbench prints no rate.
        return Number(/tps = ([\d.]+)/.exec(stdout)?.[1] ?? 0);
      }),
  };
}

async function findPgbench(): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const places = [
    ...(process.env['PATH'] ?? '').split(':'),
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
  ];
  for (const place of places) {
    const program = join(place, 'pgbench');
    if (
      await access(program).then(
        () => true,
        () => false,
      )
    )
      return program;
  }
  return undefined;
}

async function createDatabase(url: string, database: string): Promise<void> {
  const server = await Database.open({ url, database: 'postgres', maxConnections: 1, clock: new SystemClock() });
  try {
    await server.query(statement('tpcb_create', `CREATE DATABASE ${database}`));
  } finally {
    await server.close();
  }
}

/** The same tables and statements as pgbench's TPC-B script, for machines without pgbench. */
async function prepareOwn(url: string): Promise<void> {
  const database = await Database.open({ url, database: 'tpcb', maxConnections: 1, clock: new SystemClock() });
  const steps = [
    'CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int)',
    'CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int)',
    'CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int)',
    'CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp)',
    `INSERT INTO pgbench_branches SELECT n, 0 FROM generate_series(1, ${SCALE}) n`,
    `INSERT INTO pgbench_tellers SELECT n, (n - 1) / 10 + 1, 0 FROM generate_series(1, ${SCALE * 10}) n`,
    `INSERT INTO pgbench_accounts SELECT n, (n - 1) / ${ACCOUNTS_PER_SCALE} + 1, 0 FROM generate_series(1, ${SCALE * ACCOUNTS_PER_SCALE}) n`,
    'ANALYZE',
  ];
  for (const [place, text] of steps.entries()) await database.query(statement(`tpcb_prepare_${place}`, text));
  await database.close();
}

const own = {
  account: statement('tpcb_account', 'UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2'),
  balance: statement('tpcb_balance', 'SELECT abalance FROM pgbench_accounts WHERE aid = $1'),
  teller: statement('tpcb_teller', 'UPDATE pgbench_tellers SET tbalance = tbalance + $1 WHERE tid = $2'),
  branch: statement('tpcb_branch', 'UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2'),
  history: statement('tpcb_history', 'INSERT INTO pgbench_history VALUES ($1, $2, $3, $4, now())'),
};

async function ownTps(url: string, clients: number, seconds: number): Promise<number> {
  const database = await Database.open({ url, database: 'tpcb', maxConnections: clients, clock: new SystemClock() });
  const below = (limit: number): number => 1 + Math.floor(Math.random() * limit);
  const endMs = performance.now() + seconds * 1_000;
  let done = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const [aid, tid, bid, delta] = [
        below(SCALE * ACCOUNTS_PER_SCALE),
        below(SCALE * 10),
        below(SCALE),
        below(10_000) - 5_000,
      ];
      await database.transaction(async (tx) => {
        await tx.query(own.account, [delta, aid]);
        await tx.query(own.balance, [aid]);
        await tx.query(own.teller, [delta, tid]);
        await tx.query(own.branch, [delta, bid]);
        await tx.query(own.history, [tid, bid, aid, delta]);
      });
      done++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await database.close();
  return done / seconds;
}
