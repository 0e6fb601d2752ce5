import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Captures and cancellations of authorizations, refunds, and an account's own time. */
export class Saga1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}

const up = `
  ALTER TABLE charge
    DROP CONSTRAINT charge_state_check,
    DROP CONSTRAINT charge_check,
    ADD CONSTRAINT charge_state_check CHECK (state IN ('requested', 'authorized', 'succeeded', 'failed', 'canceled')),
    ADD CONSTRAINT charge_check CHECK ((state IN ('requested', 'authorized')) = (ending IS NULL)),
    -- Something was asked of other services that they have not told the end of.
    ADD COLUMN awaiting boolean NOT NULL DEFAULT false,
    -- Null when the charge is captured as soon as it is authorized.
    ADD COLUMN hold jsonb,
    -- Null when there are none, so that a charge without refunds costs nothing.
    ADD COLUMN refunds jsonb,
    -- On the account's own clock; null unless it is an authorization that may lapse.
    ADD COLUMN expires_at timestamptz;
  UPDATE charge SET awaiting = true WHERE state = 'requested';
  -- So says an instance of before of a charge that it opens; the sweeper finds those that it settles.
  ALTER TABLE charge ALTER COLUMN awaiting SET DEFAULT true;
  DROP INDEX charge_unsettled;
  CREATE INDEX charge_awaiting ON charge (next_sweep_at) WHERE awaiting;
  CREATE INDEX charge_expiring ON charge (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX charge_expiring_of_account ON charge (account, expires_at) WHERE expires_at IS NOT NULL;

  -- A projection of charge_event too: the refunds of a charge, one by one, for those who look for them.
  CREATE TABLE refund (
    id text COLLATE "C" PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    charge_id text COLLATE "C" NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
    amount_minor int8 NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    created_at timestamptz NOT NULL,
    refund jsonb NOT NULL
  );
  CREATE INDEX refund_of_account ON refund (account, id);
  CREATE INDEX refund_of_charge ON refund (charge_id, id);

  -- What of the charge the answer shows: null the charge that was opened, 'capture', or a refund's id.
  ALTER TABLE idempotency_key ADD COLUMN subject text COLLATE "C";

  -- One clock per account. A clock that was deleted stays for a while, so that every instance hears of it.
  CREATE TABLE test_clock (
    account text COLLATE "C" PRIMARY KEY,
    id text COLLATE "C" NOT NULL,
    name text,
    frozen_time timestamptz NOT NULL,
    offset_ms int8 NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX test_clock_changed ON test_clock (changed_at);
`;

const down = `
  DROP TABLE test_clock, refund;
  ALTER TABLE idempotency_key DROP COLUMN subject;
  DROP INDEX charge_awaiting, charge_expiring, charge_expiring_of_account;
  ALTER TABLE charge
    DROP CONSTRAINT charge_state_check,
    DROP CONSTRAINT charge_check,
    DROP COLUMN awaiting, DROP COLUMN hold, DROP COLUMN refunds, DROP COLUMN expires_at,
    ADD CONSTRAINT charge_state_check CHECK (state IN ('requested', 'succeeded', 'failed')),
    ADD CONSTRAINT charge_check CHECK ((state = 'requested') = (ending IS NULL));
  CREATE INDEX charge_unsettled ON charge (next_sweep_at) WHERE state = 'requested';
`;
