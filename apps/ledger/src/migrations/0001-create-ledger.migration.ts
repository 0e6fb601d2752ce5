import type { MigrationInterface, QueryRunner } from 'typeorm';
import { leaseTableSql } from '#leases';
import { outboxTableSql } from '#messaging';
import { inboxTablesSql } from '#saga';
import { workerIdTableSql } from '#snowflake';

/** Accounts, immutable transfers, and one hold per charge. Constraints and triggers repeat the code's assertions. */
export class CreateLedger1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(inboxTablesSql);
    await runner.query(outboxTableSql);
    await runner.query(leaseTableSql);
    await runner.query(workerIdTableSql);
    await runner.query(accountsSql);
    await runner.query(transfersSql);
    await runner.query(soundTransfersSql);
    await runner.query(immutableSql);
    await runner.query(balancesSql);
    await runner.query(holdsSql);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('books are not unmade'));
  }
}

const accountsSql = `
  CREATE TABLE account (
    id text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('bank_receivable', 'merchant', 'fees', 'suspense')),
    owner text CHECK ((owner IS NULL) = (kind = 'fees')),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    normal_balance text NOT NULL GENERATED ALWAYS AS (CASE kind WHEN 'bank_receivable' THEN 'debit' ELSE 'credit' END) STORED,
    opened_at timestamptz NOT NULL DEFAULT now(),
    CHECK (id = concat_ws(':', kind, owner, currency))
  );
  CREATE TABLE account_limit (
    account text COLLATE "C" PRIMARY KEY,
    frozen boolean NOT NULL DEFAULT false,
    open_holds_cap_minor jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(open_holds_cap_minor) = 'object')
  );
`;

// Foreign keys would check and lock three rows per row. One statement-level trigger checks a whole batch; it is safe,
// since accounts and transfers never change.
const transfersSql = `
  CREATE TABLE transfer (
    charge_id text COLLATE "C" NOT NULL,
    effect text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('pending', 'post', 'void', 'single')),
    resolves text COLLATE "C",
    debit_account text COLLATE "C" NOT NULL,
    credit_account text COLLATE "C" NOT NULL,
    amount_minor int8 NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    cause text NOT NULL,
    posted_at timestamptz NOT NULL,
    xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (charge_id, effect),
    CHECK (debit_account <> credit_account),
    CHECK ((kind IN ('post', 'void')) = (resolves IS NOT NULL))
  );
  CREATE UNIQUE INDEX transfer_resolved_once ON transfer (charge_id, resolves) WHERE resolves IS NOT NULL;
  CREATE INDEX transfer_xact ON transfer (xact);
  COMMENT ON COLUMN transfer.xact IS 'The transaction that wrote it: what balances are rolled up by.';
`;

const soundTransfersSql = `
  CREATE FUNCTION refuse_unsound_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    unsound record;
  BEGIN
    SELECT charge_id, effect INTO unsound FROM written
    WHERE NOT EXISTS (SELECT FROM account WHERE id = written.debit_account AND currency = written.currency)
       OR NOT EXISTS (SELECT FROM account WHERE id = written.credit_account AND currency = written.currency)
       OR written.resolves IS NOT NULL AND NOT EXISTS (
         SELECT FROM transfer AS held
         WHERE held.charge_id = written.charge_id AND held.effect = written.resolves AND held.kind = 'pending'
           AND held.debit_account = written.debit_account AND held.credit_account = written.credit_account
           AND held.currency = written.currency
           AND (held.amount_minor = written.amount_minor
                OR written.kind = 'post' AND held.amount_minor > written.amount_minor))
    LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'transfer % of % does not fit its accounts, or what it resolves', unsound.effect, unsound.charge_id
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER transfers_are_sound AFTER INSERT ON transfer
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_unsound_transfers();
`;

const immutableSql = `
  CREATE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only: correct it by another transfer', TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END $$;
  CREATE TRIGGER transfers_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();
  CREATE TRIGGER accounts_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();
`;

const balancesSql = `
  CREATE TABLE balance_rollup (
    account text COLLATE "C" PRIMARY KEY,
    debits_posted_minor numeric NOT NULL,
    credits_posted_minor numeric NOT NULL,
    debits_pending_minor numeric NOT NULL,
    credits_pending_minor numeric NOT NULL
  );
  CREATE TABLE rollup_horizon (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    xact xid8 NOT NULL
  );
  INSERT INTO rollup_horizon (xact) VALUES ('0');
  CREATE VIEW movement AS
    SELECT written.xact, side.account,
           CASE WHEN side.is_debit THEN change.posted_minor ELSE 0 END AS debits_posted_minor,
           CASE WHEN side.is_debit THEN 0 ELSE change.posted_minor END AS credits_posted_minor,
           CASE WHEN side.is_debit THEN change.pending_minor ELSE 0 END AS debits_pending_minor,
           CASE WHEN side.is_debit THEN 0 ELSE change.pending_minor END AS credits_pending_minor
    FROM transfer AS written
    LEFT JOIN transfer AS held ON held.charge_id = written.charge_id AND held.effect = written.resolves
    CROSS JOIN LATERAL (
      SELECT CASE WHEN written.kind IN ('post', 'single') THEN written.amount_minor ELSE 0 END AS posted_minor,
             CASE written.kind WHEN 'pending' THEN written.amount_minor WHEN 'single' THEN 0 ELSE -held.amount_minor END
               AS pending_minor
    ) AS change
    CROSS JOIN LATERAL (
      VALUES (written.debit_account, true), (written.credit_account, false)
    ) AS side (account, is_debit);
  COMMENT ON VIEW movement IS 'What each transfer does to each of its two accounts.';
`;

const holdsSql = `
  CREATE TABLE hold (
    charge_id text COLLATE "C" PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('pending', 'posted', 'refused', 'released', 'unmatched')),
    account text COLLATE "C" NOT NULL,
    bank text NOT NULL,
    currency text,
    amount_minor int8,
    capture text CHECK (capture IN ('automatic', 'manual')),
    placed_at timestamptz,
    posted_minor int8,
    fee_minor int8,
    posted_at timestamptz,
    refusal text,
    cause text,
    refusal_code text,
    stray_minor int8 CHECK (stray_minor > 0),
    traceparent text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK (state NOT IN ('pending', 'posted', 'refused') OR amount_minor > 0 AND currency IS NOT NULL AND capture IS NOT NULL),
    CHECK (state <> 'pending' OR placed_at IS NOT NULL),
    CHECK ((state = 'posted') = (fee_minor IS NOT NULL AND posted_at IS NOT NULL)),
    CHECK (state <> 'posted' OR posted_minor > 0 AND posted_minor <= amount_minor),
    CHECK (state <> 'refused' OR refusal IS NOT NULL),
    CHECK ((state = 'released') = (cause IS NOT NULL)),
    CHECK (stray_minor IS NULL OR state IN ('refused', 'released', 'unmatched') AND currency IS NOT NULL),
    CHECK (state <> 'unmatched' OR stray_minor IS NOT NULL)
  ) WITH (fillfactor = 80);
  CREATE INDEX hold_open ON hold (account, currency) INCLUDE (amount_minor) WHERE state = 'pending';
`;
