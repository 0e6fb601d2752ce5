import { statement, type Sql } from '#postgres';
import { readKeys } from './key.repository.js';
import { internalKey, nameOf, type KeyName, type KeyRow } from './key.js';

const timesStatement = statement(
  'key_times',
  `SELECT claimed_at, (SELECT answered_at FROM idempotency_answer AS answer
     WHERE answer.account = idempotency_key.account AND answer.key = idempotency_key.key)
   FROM idempotency_key WHERE account = $1 AND key = $2`,
);

/** Milliseconds since the epoch on the database's clock. */
interface KeyTimes {
  readonly claimedAt: number | null;
  readonly answeredAt: number | null;
}

/** For operators: a key as it stands, and since when; undefined when there is none, or it has been pruned. */
export async function keyStory(sql: Sql, { account, key }: KeyName): Promise<(KeyRow & KeyTimes) | undefined> {
  // A request without a key has one derived from its id.
  const names = [key, internalKey(key)].map((name) => ({ account, key: name }));
  const rows = await readKeys(sql, names);
  const row = rows.get(nameOf(names[0]!)) ?? rows.get(nameOf(names[1]!));
  if (!row) return undefined;
  const [times] = await sql.query<{ claimed_at: number; answered_at: number | null }>(timesStatement, [
    account,
    row.key,
  ]);
  return { ...row, claimedAt: times?.claimed_at ?? null, answeredAt: times?.answered_at ?? null };
}
