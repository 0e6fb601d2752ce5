import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThanOrEqual, Raw, type FindOperator, type Repository } from 'typeorm';
import type { Instant } from '#clock';
import { repositoryIn, statement, type PgTransaction } from '#postgres';
import { TestClockEntity } from './test-clock.entity.js';
import { KEPT_MS, type TestClock } from './test-clock.js';

export const CHANNEL = 'test_clocks';

/** So long every instance can read that a clock was deleted. */
const DELETED_KEPT_MS = 24 * 60 * 60 * 1_000;

export type ClockChange = Pick<TestClockEntity, 'account' | 'offsetMs' | 'deleted' | 'changedAt'>;

const columns = `id, account, name, frozen_time AS "frozenTime", offset_ms AS "offsetMs", created_at AS "createdAt"`;

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
/**
 * Test clocks. TypeORM reads and retires them. What belongs to a request's transaction is SQL: other instances are
 * notified with the commit.
 */
@Injectable()
export class TestClockRepository {
  constructor(@InjectRepository(TestClockEntity) private readonly clocks: Repository<TestClockEntity>) {}

  /** @param tx the transaction that asks, which must not wait for a second connection */
  async find(account: string, tx?: PgTransaction): Promise<TestClock | undefined> {
    return (
      (await (tx ? repositoryIn(tx, this.clocks) : this.clocks).findOneBy({ account, deleted: false })) ?? undefined
    );
  }

  /** Deleted ones included. @param sinceMs by the database's clock */
  changes(sinceMs: Instant): Promise<ClockChange[]> {
    return this.clocks.find({
      select: { account: true, offsetMs: true, deleted: true, changedAt: true },
      where: { changedAt: MoreThanOrEqual(sinceMs) },
    });
  }

  /** Deletes clocks after 30 days, and their rows a day later, when every instance has read the deletion. */
  async retire(): Promise<void> {
    await this.clocks.update(
      { deleted: false, createdAt: olderThan(KEPT_MS) },
      { deleted: true, changedAt: () => 'now()' },
    );
    await this.clocks.delete({ deleted: true, changedAt: olderThan(DELETED_KEPT_MS) });
  }

  async lock(tx: PgTransaction, account: string): Promise<TestClock | undefined> {
    return (await tx.query<TestClock>(lockStatement, [account]))[0];
  }

  /** @returns false when the account got another clock concurrently: before its first there is no row to lock */
  async save(tx: PgTransaction, clock: TestClock): Promise<boolean> {
    const { id, account, name, frozenTime, offsetMs, createdAt } = clock;
    const saved = await tx.query(saveStatement, [id, account, name, frozenTime, offsetMs, createdAt]);
    if (saved.length > 0) tx.enqueue(tellStatement);
    return saved.length > 0;
  }

  /** @returns false when the account has no such clock */
  async delete(tx: PgTransaction, account: string, id: string): Promise<boolean> {
    const deleted = await tx.query(deleteStatement, [account, id]);
    if (deleted.length > 0) tx.enqueue(tellStatement);
    return deleted.length > 0;
  }
}

/** By the database's clock. */
const olderThan = (ageMs: number): FindOperator<Instant> =>
  Raw((column) => `${column} < now() - :ageMs::int8 * interval '1 ms'`, { ageMs });
