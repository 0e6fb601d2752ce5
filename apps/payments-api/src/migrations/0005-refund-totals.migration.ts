import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a charge's refunds come to, on its row; the refunds themselves are rows of their own, and no more on the charge's. */
export class RefundTotals1700000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(totalsSql);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('refunds do not fit into the row of their charge again'));
  }
}

// The empty column `refunds` stays for older instances during a rolling upgrade: they serve charges without refunds,
// and a constraint refuses a refund that they would write into it.
const totalsSql = `
  ALTER TABLE charge
    ADD COLUMN refund_count int4 NOT NULL DEFAULT 0,
    ADD COLUMN refund_pending_minor int8 NOT NULL DEFAULT 0,
    ADD COLUMN refund_succeeded_minor int8 NOT NULL DEFAULT 0;
  UPDATE charge
  SET refunds = NULL, refund_count = total.refunds, refund_pending_minor = total.pending_minor,
      refund_succeeded_minor = total.succeeded_minor
  FROM (
    SELECT charge_id, count(*)::int4 AS refunds,
           coalesce(sum(amount_minor) FILTER (WHERE state = 'pending' AND refund->>'of' = 'capture'), 0)::int8
             AS pending_minor,
           coalesce(sum(amount_minor) FILTER (WHERE state = 'succeeded' AND refund->>'of' = 'capture'), 0)::int8
             AS succeeded_minor
    FROM refund GROUP BY charge_id
  ) AS total
  WHERE charge.id = total.charge_id;
  ALTER TABLE charge
    ADD CONSTRAINT charge_refunds_moved_check CHECK (refunds IS NULL),
    ADD CONSTRAINT charge_refund_totals_check CHECK (
      refund_count >= 0 AND refund_pending_minor >= 0 AND refund_succeeded_minor >= 0
      AND refund_pending_minor + refund_succeeded_minor <= coalesce((ending->'amount'->>'amountMinor')::int8, 0));
`;
