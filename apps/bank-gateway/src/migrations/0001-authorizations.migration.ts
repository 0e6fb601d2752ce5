import { leaseTableSql } from '#leases';
import { outboxTableSql } from '#messaging';
import { inboxTablesSql } from '#saga';
import { workerIdTableSql } from '#snowflake';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { authorizationTablesSql } from '../authorizations/store/operation.repository.js';

export class Authorizations0001 implements MigrationInterface {
  readonly name = 'Authorizations1700000000001';

  async up(queries: QueryRunner): Promise<void> {
    for (const sql of [leaseTableSql, workerIdTableSql, inboxTablesSql, outboxTableSql, authorizationTablesSql]) {
      await queries.query(sql);
    }
  }

  async down(queries: QueryRunner): Promise<void> {
    await queries.query('DROP TABLE bank_operation, bank_authorization, outbox, parked_event, inbox, worker_id, lease');
  }
}
