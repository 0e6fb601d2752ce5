import { SystemClock } from '#clock';
import { Database, statement } from '#postgres';

const readings = statement(
  'bench_storage',
  `SELECT (SELECT sum(xact_commit)::int8 FROM pg_stat_database) AS commits,
     (SELECT sum(fsyncs)::int8 FROM pg_stat_io WHERE object = 'wal') AS fsyncs,
     (SELECT wal_bytes::int8 FROM pg_stat_wal) AS "walBytes"`,
);

const tables = statement(
  'bench_tables',
  `SELECT pg_database_size(current_database())::int8 AS bytes,
     (SELECT sum(n_dead_tup)::int8 FROM pg_stat_user_tables) AS "deadRows",
     (SELECT count(*)::int8 FROM outbox) AS "outboxRows"`,
);

/** The state of the services' databases together. */
export interface StoredState {
  readonly bytes: number;
  readonly deadRows: number;
  readonly outboxRows: number;
}

export interface StorageWork {
  readonly commits: number;
  readonly fsyncs: number;
  readonly walBytes: number;
}

/** Commits, syncs and WAL of the server so far, over all databases. Needs the statistics of Postgres 18. */
export function storageWork(databaseUrl: string): Promise<StorageWork> {
  return ask<StorageWork>(databaseUrl, 'postgres', readings);
}

export async function storedState(databaseUrl: string): Promise<StoredState> {
  const states = await Promise.all(
    ['payments', 'bank_gateway', 'ledger'].map((database) => ask<StoredState>(databaseUrl, database, tables)),
  );
  const sum = (field: keyof StoredState): number => states.reduce((total, state) => total + state[field], 0);
  return { bytes: sum('bytes'), deadRows: sum('deadRows'), outboxRows: sum('outboxRows') };
}

async function ask<Row extends object>(
  url: string,
  database: string,
  query: ReturnType<typeof statement>,
): Promise<Row> {
  const pool = await Database.open({ url, database, maxConnections: 1, clock: new SystemClock() });
  try {
    const [row] = await pool.query<Row>(query);
    return row!;
  } finally {
    await pool.close();
  }
}
