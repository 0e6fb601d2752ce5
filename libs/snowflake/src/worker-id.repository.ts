import type { Instant } from '#clock';
import { statement, type Sql } from '#postgres';
import { workerCount } from './snowflake.js';

/** In each service's first migration: one row per worker id. */
export const workerIdTableSql = `
  CREATE TABLE worker_id (
    id int PRIMARY KEY CHECK (id BETWEEN 0 AND ${workerCount - 1}),
    holder text,
    expires_at timestamptz NOT NULL,
    last_ms int8 NOT NULL
  ) WITH (fillfactor = 50);
  INSERT INTO worker_id SELECT id, NULL, '-infinity', 0 FROM generate_series(0, ${workerCount - 1}) AS id;
`;

/** Takes the least recently used id, whose bound has normally passed. */
const take = statement(
  'snowflake.take',
  `UPDATE worker_id SET holder = $1, expires_at = clock_timestamp() + $2 * interval '1 ms', last_ms = greatest(last_ms, $3)
   FROM (
     SELECT id AS free_id, last_ms AS previous_ms FROM worker_id
     WHERE expires_at <= clock_timestamp() ORDER BY last_ms, id LIMIT 1 FOR UPDATE SKIP LOCKED
   ) AS free
   WHERE id = free_id
   RETURNING id, previous_ms`,
);
const renew = statement(
  'snowflake.renew',
  `UPDATE worker_id SET expires_at = clock_timestamp() + $3 * interval '1 ms', last_ms = greatest(last_ms, $4)
   WHERE id = $1 AND holder = $2 RETURNING id`,
);
const release = statement(
  'snowflake.release',
  'UPDATE worker_id SET holder = NULL, expires_at = clock_timestamp(), last_ms = $3 WHERE id = $1 AND holder = $2',
);

export interface TakenWorkerId {
  id: number;
  /** The upper bound of times in earlier ids of this worker. */
  previousMs: Instant;
}

export class WorkerIdRepository {
  constructor(
    private readonly sql: Sql,
    private readonly holder: string,
    private readonly ttlMs: number,
  ) {}

  /** @param ceilingMs the highest time that this lease may issue @returns undefined if all are taken */
  async take(ceilingMs: Instant): Promise<TakenWorkerId | undefined> {
    type Row = { id: number; previous_ms: number };
    const [row] = await this.sql.query<Row>(take, [this.holder, this.ttlMs, ceilingMs]);
    return row && { id: row.id, previousMs: row.previous_ms };
  }

  /** @returns false if another process has it */
  async renew(id: number, ceilingMs: Instant): Promise<boolean> {
    return (await this.sql.query(renew, [id, this.holder, this.ttlMs, ceilingMs])).length === 1;
  }

  async release(id: number, lastMs: Instant): Promise<void> {
    await this.sql.query(release, [id, this.holder, lastMs]);
  }
}
