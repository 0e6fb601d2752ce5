import { SystemClock } from '#clock';
import { Database, statement } from '#postgres';

const readings = statement(
  'bench_storage',
  `SELECT (SELECT sum(xact_commit)::int8 FROM pg_stat_database) AS commits,
     (SELECT sum(fsyncs)::int8 FROM pg_stat_io WHERE object = 'wal') AS fsyncs,
     (SELECT wal_bytes::int8 FROM pg_stat_wal) AS "walBytes"`,
);

export interface StorageWork {
  readonly commits: number;
  readonly fsyncs: number;
  readonly walBytes: number;
}

/** Commits, syncs and WAL of the server so far, over all databases. Needs the statistics of Postgres 18. */
export async function storageWork(databaseUrl: string): Promise<StorageWork> {
  const database = await Database.open({
    url: databaseUrl,
    database: 'postgres',
    maxConnections: 1,
    clock: new SystemClock(),
  });
  try {
    const [row] = await database.query<StorageWork>(readings);
    return row!;
  } finally {
    await database.close();
  }
}
