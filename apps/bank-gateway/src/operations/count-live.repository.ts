import { statement, type Sql } from '#postgres';

const liveStatement = statement(
  'operation_live_count',
  `SELECT bank, kind, CASE WHEN needs_attention THEN 'needs_attention' WHEN phase = 'reversing' THEN 'reversing'
     WHEN doubt_since IS NOT NULL THEN 'in_doubt' ELSE 'open' END AS state, count(*) AS count
   FROM bank_operation WHERE due_at IS NOT NULL GROUP BY 1, 2, 3`,
);

/** Live operations by bank, kind and state; those that have ended cost nothing here. */
export function countLive(database: Sql): Promise<{ bank: string; kind: string; state: string; count: number }[]> {
  return database.query(liveStatement);
}
