import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds, compensated captures, and the bank id on every transfer that mirrors a bank's movement. */
export class AddRefunds1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(columnsSql);
    await runner.query(refundsSql);
    await runner.query(boundedRefundsSql);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('books are not unmade'));
  }
}

// Nullable, or with a constant default: no row is rewritten, and older instances go on (PostgreSQL manual, ALTER TABLE).
const columnsSql = `
  ALTER TABLE transfer ADD COLUMN bank_id text COLLATE "C";
  COMMENT ON COLUMN transfer.bank_id IS 'The bank''s own id of the movement that this mirrors.';
  ALTER TABLE hold ADD COLUMN bank_capture_id text, ADD COLUMN compensated_by text;
  COMMENT ON COLUMN hold.stray_minor IS 'What the bank captured and the books have no open hold for.';
  COMMENT ON COLUMN hold.compensated_by IS 'The bank''s own id of the refund that took it out of suspense again.';
  ALTER TABLE hold ADD CHECK (bank_capture_id IS NULL OR stray_minor IS NOT NULL),
                   ADD CHECK (compensated_by IS NULL OR stray_minor IS NOT NULL AND state IN ('refused', 'released'));
  ALTER TABLE account_limit ADD COLUMN refund_overdraft_minor jsonb NOT NULL DEFAULT '{}'
    CHECK (jsonb_typeof(refund_overdraft_minor) = 'object');
`;

const refundsSql = `
  CREATE TABLE refund (
    refund_id text COLLATE "C" PRIMARY KEY,
    charge_id text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    state text NOT NULL CHECK (state IN ('reserved', 'posted', 'released', 'refused')),
    amount_minor int8 NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    bank text,
    posted_at timestamptz,
    refusal text,
    refusal_code text,
    traceparent text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK (state NOT IN ('reserved', 'posted') OR bank IS NOT NULL),
    CHECK ((state = 'posted') = (posted_at IS NOT NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'released') = (refusal_code IS NOT NULL))
  ) WITH (fillfactor = 80);
  CREATE INDEX refund_of_charge ON refund (charge_id);
`;

// The code serializes a merchant's refunds by a row lock. This trigger does not rely on it: it locks the captured
// transfer before it sums the refunds.
const boundedRefundsSql = `
  CREATE FUNCTION refuse_excess_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    refunded text[];
    misshapen record;
    excess text;
  BEGIN
    SELECT charge_id, effect INTO misshapen FROM written
    WHERE starts_with(effect, 'refund') AND NOT (
         starts_with(effect, 'refund_hold:') AND kind = 'pending'
      OR starts_with(effect, 'refund:') AND kind = 'post' AND resolves = 'refund_hold:' || substr(effect, 8)
      OR starts_with(effect, 'refund_release:') AND kind = 'void' AND resolves = 'refund_hold:' || substr(effect, 16))
    LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'transfer % of % is no step of a refund', misshapen.effect, misshapen.charge_id
        USING ERRCODE = 'check_violation';
    END IF;

    SELECT array_agg(DISTINCT charge_id) INTO refunded FROM written WHERE starts_with(effect, 'refund_hold:');
    IF refunded IS NULL THEN
      RETURN NULL;
    END IF;
    PERFORM FROM transfer WHERE charge_id = ANY (refunded) AND effect IN ('capture', 'match')
    ORDER BY charge_id FOR UPDATE;
    SELECT given_back.charge_id INTO excess FROM (
      SELECT held.charge_id, held.currency, sum(held.amount_minor) AS minor FROM transfer AS held
      WHERE held.charge_id = ANY (refunded) AND starts_with(held.effect, 'refund_hold:')
        AND NOT EXISTS (SELECT FROM transfer AS undone WHERE undone.charge_id = held.charge_id
                          AND undone.resolves = held.effect AND undone.kind = 'void')
      GROUP BY held.charge_id, held.currency
    ) AS given_back
    WHERE given_back.minor > coalesce((
      SELECT sum(captured.amount_minor) FROM transfer AS captured
      WHERE captured.charge_id = given_back.charge_id AND captured.currency = given_back.currency
        AND captured.effect IN ('capture', 'match')), 0)
    LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'the refunds of % exceed what was captured', excess USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER refunds_are_bounded AFTER INSERT ON transfer
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_excess_refunds();
`;
