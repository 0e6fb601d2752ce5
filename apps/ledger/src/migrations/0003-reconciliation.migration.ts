import type { MigrationInterface, QueryRunner } from 'typeorm';
import { comparisonTablesSql } from '../reconciliation/comparison.repository.js';
import { statementTablesSql } from '../reconciliation/statement.repository.js';

/**
 * What banks say, how far it has been compared, and what did not agree. Compared is what is written from now on:
 * transfers of before name no movement of a bank.
 */
export class Reconciliation1764000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(statementTablesSql);
    await runner.query(comparisonTablesSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE difference, suspect, comparison_horizon, compared_transfers, compared_entries, statement_entry,
         statement_position`,
    );
  }
}
