import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A separate queue per account for operations of charges with fault tokens. */
export class IsolatedOperations0004 implements MigrationInterface {
  readonly name = 'IsolatedOperations1700000000004';

  async up(queries: QueryRunner): Promise<void> {
    await queries.query(`
      ALTER TABLE bank_operation
        -- The account, if the charge has a fault token.
        ADD COLUMN isolated_to text COLLATE "C";
      UPDATE bank_operation AS live SET isolated_to = a.account
        FROM bank_authorization AS a
        WHERE live.due_at IS NOT NULL AND a.charge_id = live.charge_id AND a.fault IS NOT NULL;
      DROP INDEX bank_operation_due;
      CREATE INDEX bank_operation_due ON bank_operation (bank, due_at) WHERE due_at IS NOT NULL AND isolated_to IS NULL;
      CREATE INDEX bank_operation_isolated_due ON bank_operation (bank, isolated_to, due_at)
        WHERE due_at IS NOT NULL AND isolated_to IS NOT NULL;
    `);
  }

  async down(queries: QueryRunner): Promise<void> {
    await queries.query(`
      DROP INDEX bank_operation_isolated_due;
      DROP INDEX bank_operation_due;
      CREATE INDEX bank_operation_due ON bank_operation (bank, due_at) WHERE due_at IS NOT NULL;
      ALTER TABLE bank_operation DROP COLUMN isolated_to;
    `);
  }
}
