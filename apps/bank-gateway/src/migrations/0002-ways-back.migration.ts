import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Partial captures, cancellations, refunds, and reversals of strays. */
export class WaysBack0002 implements MigrationInterface {
  readonly name = 'WaysBack1700000000002';

  async up(queries: QueryRunner): Promise<void> {
    await queries.query(waysBackSql);
  }

  /** Fails if the tables contain such rows. */
  async down(queries: QueryRunner): Promise<void> {
    await queries.query(`
      DROP INDEX bank_operation_one_live;
      CREATE UNIQUE INDEX bank_operation_one_live ON bank_operation (charge_id) WHERE phase <> 'ended';
      ALTER TABLE bank_operation
        DROP COLUMN part_minor, DROP COLUMN stray, DROP COLUMN suspects,
        DROP CONSTRAINT bank_operation_kind_check, DROP CONSTRAINT bank_operation_kind_phase_check,
        ADD CONSTRAINT bank_operation_kind_check CHECK (kind IN ('authorize', 'capture', 'void'));
      ALTER TABLE bank_authorization DROP COLUMN cancellation;
    `);
  }
}

// Nullable columns without a default: adding them rewrites no table (PostgreSQL manual, ALTER TABLE).
const waysBackSql = `
  ALTER TABLE bank_authorization
    -- A waiting cancellation while authorizing or capturing; a refused one once captured.
    ADD COLUMN cancellation text CHECK (cancellation IN ('canceled', 'expired')),
    ADD CONSTRAINT bank_authorization_cancellation_state_check
      CHECK (cancellation IS NULL OR state IN ('authorizing', 'capturing', 'captured'));

  ALTER TABLE bank_operation
    -- The amount, if it is not the authorized one.
    ADD COLUMN part_minor int8 CHECK (part_minor > 0),
    -- The target of a reversal: bankId, movement, amount.
    ADD COLUMN stray jsonb,
    -- Performances in a statement under the reference of a live operation, checked when it ends.
    ADD COLUMN suspects jsonb,
    DROP CONSTRAINT bank_operation_kind_check,
    ADD CONSTRAINT bank_operation_kind_check CHECK (kind IN ('authorize', 'capture', 'void', 'refund', 'reversal')),
    ADD CONSTRAINT bank_operation_kind_phase_check
      CHECK (CASE kind WHEN 'refund' THEN phase <> 'reversing' WHEN 'reversal' THEN phase <> 'open' ELSE true END),
    ADD CONSTRAINT bank_operation_stray_check CHECK ((stray IS NOT NULL) = (kind = 'reversal')),
    ADD CONSTRAINT bank_operation_suspects_check CHECK (suspects IS NULL OR phase <> 'ended');

  -- The closing slot: a capture and a void are never concurrent; refunds may be.
  DROP INDEX bank_operation_one_live;
  CREATE UNIQUE INDEX bank_operation_one_live ON bank_operation (charge_id)
    WHERE phase <> 'ended' AND kind IN ('authorize', 'capture', 'void');
`;
