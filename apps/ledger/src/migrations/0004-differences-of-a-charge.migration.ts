import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An index on differences by charge. */
export class DifferencesOfACharge1764000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX difference_charge ON difference (charge_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX difference_charge');
  }
}
