import { SystemClock } from '#clock';
import { Database, statement } from '#postgres';

const preload = statement('bench_preload', `ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`);
const install = statement('bench_install', 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
const reset = statement('bench_reset', 'SELECT pg_stat_statements_reset()');
const top = statement(
  'bench_top',
  `SELECT d.datname AS database, s.calls, s.total_exec_time AS "totalMs",
     left(regexp_replace(s.query, '\\s+', ' ', 'g'), 90) AS query
   FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
   WHERE d.datname IN ('payments', 'bank_gateway', 'ledger')
   ORDER BY s.total_exec_time DESC LIMIT 20`,
);

async function ask<T extends object>(url: string, ...statements: Parameters<Database['query']>[0][]): Promise<T[]> {
  const database = await Database.open({ url, database: 'postgres', maxConnections: 1, clock: new SystemClock() });
  try {
    let rows: T[] = [];
    for (const each of statements) rows = await database.query<T>(each);
    return rows;
  } finally {
    await database.close();
  }
}

/** Enables pg_stat_statements, which needs a restart of Postgres. The services reconnect. */
export async function countStatements(url: string, restart: () => Promise<unknown>): Promise<void> {
  await ask(url, preload);
  await restart();
  await ask(url, install);
}

export async function countAnew(url: string): Promise<void> {
  await ask(url, reset);
}

/** The most expensive statements since `countAnew`, by time in Postgres per charge. */
export async function dearestStatements(url: string, charges: number): Promise<string> {
  const rows = await ask<{ database: string; calls: number; totalMs: number; query: string }>(url, top);
  return rows
    .map(({ database, calls, totalMs, query }) => {
      const microsPerCharge = Math.round((totalMs * 1_000) / charges);
      return `${String(microsPerCharge).padStart(6)} µs  ${(calls / charges).toFixed(2).padStart(5)} calls  ${database}: ${query}`;
    })
    .join('\n');
}
