import { statement, type Sql } from '#postgres';

const chargeView = statement(
  'authorization_view',
  `SELECT to_jsonb(a) AS authorization,
     (SELECT coalesce(jsonb_agg(o ORDER BY o.created_at), '[]') FROM bank_operation o WHERE o.charge_id = a.charge_id) AS operations
   FROM bank_authorization a WHERE a.charge_id = $1`,
);

/** For operators: all operations and attempts of a charge; undefined for an unknown charge. */
export async function operationsOf(database: Sql, chargeId: string): Promise<unknown> {
  const rows = await database.query(chargeView, [chargeId]);
  return rows[0];
}

const liveView = statement(
  'operation_live_view',
  `SELECT bank, kind, CASE WHEN needs_attention THEN 'needs_attention' WHEN phase = 'reversing' THEN 'reversing'
     WHEN doubt_since IS NOT NULL THEN 'in_doubt' ELSE 'open' END AS state, count(*) AS count
   FROM bank_operation WHERE due_at IS NOT NULL GROUP BY 1, 2, 3`,
);

/** Live operations by bank, kind and state, from a partial index. */
export function countLive(database: Sql): Promise<{ bank: string; kind: string; state: string; count: number }[]> {
  return database.query(liveView);
}
