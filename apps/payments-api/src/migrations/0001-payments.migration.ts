import { leaseTableSql } from '#leases';
import { outboxTableSql } from '#messaging';
import { inboxTablesSql } from '#saga';
import { workerIdTableSql } from '#snowflake';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The merchant's view of charges, their streams, and the keys under which they were asked for. */
export class Payments1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [inboxTablesSql, outboxTableSql, leaseTableSql, workerIdTableSql, paymentsTablesSql]) {
      await runner.query(sql);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_key, charge_event, charge, idempotency_answer, idempotency_key');
  }
}

const paymentsTablesSql = `
  CREATE TABLE idempotency_key (
    account text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    endpoint text NOT NULL,
    fingerprint text NOT NULL,
    request_id text NOT NULL,
    charge_id text COLLATE "C",
    expand jsonb NOT NULL,
    api_version text NOT NULL,
    holder text NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    answer_by timestamptz NOT NULL,
    PRIMARY KEY (account, key)
  );

  -- A row of its own, so that the first writer wins by being first, and nothing is ever rewritten. The body
  -- is text: JSON is UTF-8 without null characters, so text keeps it to the byte.
  CREATE TABLE idempotency_answer (
    account text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    status int2 NOT NULL,
    body text NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, key)
  -- Written once, seldom read: compressing an answer costs more than its kilobytes.
  ) WITH (toast_tuple_target = 8160);
  CREATE INDEX idempotency_answer_prunable ON idempotency_answer (answered_at);

  -- A projection of charge_event: every column but the sweeper's follows from the stream.
  CREATE TABLE charge (
    id text COLLATE "C" PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    state text NOT NULL CHECK (state IN ('requested', 'succeeded', 'failed')),
    version int4 NOT NULL CHECK (version >= 1),
    amount_minor int8 NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    customer text,
    payment_intent text,
    created_at timestamptz NOT NULL,
    opening jsonb NOT NULL,
    details jsonb NOT NULL,
    ending jsonb,
    idempotency_key text COLLATE "C" NOT NULL,
    traceparent text,
    sweeps int4 NOT NULL DEFAULT 0,
    next_sweep_at timestamptz NOT NULL DEFAULT now() + interval '15 s',
    CHECK ((state = 'requested') = (ending IS NULL))
  );
  CREATE INDEX charge_of_account ON charge (account, id);
  CREATE INDEX charge_unsettled ON charge (next_sweep_at) WHERE state = 'requested';

  CREATE TABLE charge_event (
    charge_id text COLLATE "C" NOT NULL,
    version int4 NOT NULL CHECK (version >= 1),
    type text NOT NULL,
    data jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (charge_id, version)
  );

  -- Only with API_KEYS=strict. The hash is keyed: the table is worth nothing without the API's secret.
  CREATE TABLE api_key (
    hash text COLLATE "C" PRIMARY KEY,
    account text NOT NULL,
    label text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
  );
`;
