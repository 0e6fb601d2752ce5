import type { MigrationInterface, QueryRunner } from 'typeorm';
import { comparisonTablesSql } from '../reconciliation/comparison.repository.js';
import { statementTablesSql } from '../reconciliation/statement.repository.js';

/** Statements, positions of the comparison, and differences. Older transfers have no bank id and are not compared. */
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
