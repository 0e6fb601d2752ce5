import type { MigrationInterface, QueryRunner } from 'typeorm';
import { statementCursorTableSql } from '../statements/statement-cursor.repository.js';

export class Statements0003 implements MigrationInterface {
  readonly name = 'Statements1700000000003';

  async up(queries: QueryRunner): Promise<void> {
    await queries.query(statementCursorTableSql);
  }

  async down(queries: QueryRunner): Promise<void> {
    await queries.query('DROP TABLE statement_cursor');
  }
}
