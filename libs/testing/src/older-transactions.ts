import { statement, type Sql } from '#postgres';
import { eventually } from './eventually.js';

const limitStatement = statement(
  'test.next_transaction',
  'SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid',
);
const endedStatement = statement(
  'test.older_transactions_ended',
  'SELECT pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 AS ended',
);

/**
 * Waits until every transaction that runs now has ended, in all databases of the server: roll-ups and comparisons advance
 * only to the oldest one, and other tests run concurrently.
 */
export async function olderTransactionsEnded(sql: Sql): Promise<void> {
  const [limit] = await sql.query<{ xid: string }>(limitStatement);
  await eventually(
    'the older transactions have ended',
    async () => (await sql.query<{ ended: boolean }>(endedStatement, [limit!.xid]))[0]!.ended,
    { timeoutMs: 30_000 },
  );
}
