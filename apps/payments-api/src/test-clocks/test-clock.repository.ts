import type { Instant } from '#clock';
import { statement, type PgTransaction, type Sql } from '#postgres';
import { KEPT_MS, type TestClock } from './test-clock.js';

export const CHANNEL = 'test_clocks';

const columns = `id, account, name, frozen_time AS "frozenTime", offset_ms AS "offsetMs", created_at AS "createdAt"`;

const findStatement = statement(
  'test_clock_find',
  `SELECT ${columns} FROM test_clock WHERE account = $1 AND NOT deleted`,
);
const lockStatement = statement(
  'test_clock_lock',
  `SELECT ${columns} FROM test_clock WHERE account = $1 AND NOT deleted FOR UPDATE`,
);
const saveStatement = statement(
  'test_clock_save',
  `INSERT INTO test_clock (id, account, name, frozen_time, offset_ms, created_at)
   VALUES ($1, $2, $3, to_timestamp($4 / 1000.0), $5, to_timestamp($6 / 1000.0))
   ON CONFLICT (account) DO UPDATE
     SET id = excluded.id, name = excluded.name, frozen_time = excluded.frozen_time, offset_ms = excluded.offset_ms,
         created_at = excluded.created_at, deleted = false, changed_at = now()
     WHERE test_clock.deleted OR test_clock.id = excluded.id
   RETURNING id`,
);
const deleteStatement = statement(
  'test_clock_delete',
  `UPDATE test_clock SET deleted = true, changed_at = now() WHERE account = $1 AND id = $2 AND NOT deleted RETURNING id`,
);
const tellStatement = statement('test_clock_tell', `SELECT pg_notify('${CHANNEL}', '')`);
export const changedStatement = statement(
  'test_clock_changed',
  `SELECT account, offset_ms, deleted, (extract(epoch FROM changed_at) * 1000)::int8 AS changed_ms
   FROM test_clock WHERE changed_at >= to_timestamp($1 / 1000.0)`,
);
const retireStatement = statement(
  'test_clock_retire',
  `UPDATE test_clock SET deleted = true, changed_at = now()
   WHERE NOT deleted AND created_at < now() - $1::int8 * interval '1 ms'`,
);
const pruneStatement = statement(
  'test_clock_prune',
  `DELETE FROM test_clock WHERE deleted AND changed_at < now() - interval '1 day'`,
);

/** At most one. */
export async function findClock(sql: Sql, account: string): Promise<TestClock | undefined> {
  return (await sql.query<TestClock>(findStatement, [account]))[0];
}

export async function lockClock(tx: PgTransaction, account: string): Promise<TestClock | undefined> {
  return (await tx.query<TestClock>(lockStatement, [account]))[0];
}

/**
 * Notifies other instances with the commit.
 *
 * @returns false when the account got another clock concurrently: before its first there is no row to lock
 */
export async function saveClock(tx: PgTransaction, clock: TestClock): Promise<boolean> {
  const { id, account, name, frozenTime, offsetMs, createdAt } = clock;
  const saved = await tx.query(saveStatement, [id, account, name, frozenTime, offsetMs, createdAt]);
  if (saved.length > 0) tx.enqueue(tellStatement);
  return saved.length > 0;
}

/** @returns false when the account has no such clock */
export async function deleteClock(tx: PgTransaction, account: string, id: string): Promise<boolean> {
  const deleted = await tx.query(deleteStatement, [account, id]);
  if (deleted.length > 0) tx.enqueue(tellStatement);
  return deleted.length > 0;
}

export interface ClockChange {
  readonly account: string;
  readonly offset_ms: number;
  readonly deleted: boolean;
  readonly changed_ms: number;
}

export function clockChanges(sql: Sql, sinceMs: Instant): Promise<ClockChange[]> {
  return sql.query<ClockChange>(changedStatement, [sinceMs]);
}

/** Deletes clocks after 30 days, and their rows a day later, when every instance has read the deletion. */
export async function retireClocks(sql: Sql): Promise<void> {
  await sql.query(retireStatement, [KEPT_MS]);
  await sql.query(pruneStatement);
}
