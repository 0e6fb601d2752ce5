import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What moved a merchant's balance, and the sums by which it is read without reading all of that. */
export class Balance1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [transactionsSql, immutableSql, rollUpSql, postedBeforeSql, rolledUpAtOnceSql]) {
      await runner.query(sql);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW balance_change;
      DROP TABLE balance_rollup_horizon, balance_rollup, balance_transaction;
      DROP FUNCTION refuse_to_rewrite_balance();
    `);
  }
}

// Three indexes, on the way of every charge: by id, so that what comes twice is one row; for the account's
// list; and by transaction, always at the index's end, for the roll-up.
const transactionsSql = `
  CREATE TABLE balance_transaction (
    id text COLLATE "C" PRIMARY KEY CHECK (id LIKE 'txn\\_%'),
    account text COLLATE "C" NOT NULL,
    type text NOT NULL CHECK (type IN ('charge', 'refund')),
    amount_minor int8 NOT NULL,
    fee_minor int8 NOT NULL CHECK (fee_minor >= 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    source text COLLATE "C" NOT NULL,
    charge_id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    available_on timestamptz NOT NULL,
    xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CHECK (CASE type WHEN 'charge' THEN amount_minor > 0 ELSE amount_minor < 0 END),
    CHECK (type <> 'charge' OR source = charge_id),
    CHECK (available_on <= created_at OR available_on = date_trunc('day', available_on, 'UTC'))
  );
  CREATE INDEX balance_transaction_of_account ON balance_transaction (account, created_at, id);
  CREATE INDEX balance_transaction_xact ON balance_transaction (xact);
  COMMENT ON COLUMN balance_transaction.xact IS 'The transaction that wrote it: what balances are rolled up by.';
  CREATE VIEW balance_change AS
    SELECT xact, account, currency, date_trunc('day', available_on, 'UTC') AS available_day,
           amount_minor - fee_minor AS net_minor
    FROM balance_transaction;
  COMMENT ON VIEW balance_change IS
    'What each transaction does to the balance, and from when: what waits does so until a midnight, and what does not is there at once.';
`;

const immutableSql = `
  CREATE FUNCTION refuse_to_rewrite_balance() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END $$;
  CREATE TRIGGER balance_transactions_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON balance_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_balance();
`;

const rollUpSql = `
  CREATE TABLE balance_rollup (
    account text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    available_day timestamptz NOT NULL,
    net_minor int8 NOT NULL,
    entries int8 NOT NULL CHECK (entries > 0),
    PRIMARY KEY (account, currency, available_day)
  );
  CREATE TABLE balance_rollup_horizon (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    xact xid8 NOT NULL
  );
`;

/** From the streams, which no migration changes. Money that waited until any hour of a day waits until its end. */
const postedBeforeSql = `
  INSERT INTO balance_transaction (id, account, type, amount_minor, fee_minor, currency, source, charge_id, created_at,
                                   available_on)
  SELECT data->>'balanceTransactionId', account, 'charge', (data->'amount'->>'amountMinor')::int8,
         (data->'fee'->>'amountMinor')::int8, data->'amount'->>'currency', charge_id, charge_id,
         to_timestamp((data->>'postedAt')::int8 / 1000.0),
         CASE WHEN (data->>'availableOn')::int8 <= (data->>'postedAt')::int8
              THEN to_timestamp((data->>'availableOn')::int8 / 1000.0)
              ELSE to_timestamp(ceil((data->>'availableOn')::int8 / 86400000.0) * 86400) END
  FROM charge_event JOIN charge ON charge.id = charge_event.charge_id
  WHERE type = 'posted'
  ORDER BY charge_id;
  INSERT INTO balance_transaction (id, account, type, amount_minor, fee_minor, currency, source, charge_id, created_at,
                                   available_on)
  SELECT data->'end'->>'balanceTransactionId', account, 'refund', -amount_minor, 0, currency, refund.id,
         refund.charge_id, to_timestamp((data->'end'->>'postedAt')::int8 / 1000.0),
         to_timestamp(least((data->'end'->>'availableOn')::int8, (data->'end'->>'postedAt')::int8) / 1000.0)
  FROM charge_event JOIN refund ON refund.id = charge_event.data->>'refundId'
  WHERE type = 'refund_ended' AND data->'end'->>'type' = 'posted'
  ORDER BY refund.id
  ON CONFLICT (id) DO NOTHING;
`;

/** No other transaction has written yet, so the horizon may include this one. */
const rolledUpAtOnceSql = `
  INSERT INTO balance_rollup (account, currency, available_day, net_minor, entries)
  SELECT account, currency, available_day, sum(net_minor), count(*) FROM balance_change
  GROUP BY account, currency, available_day;
  INSERT INTO balance_rollup_horizon (xact) VALUES ((pg_current_xact_id()::text::numeric + 1)::text::xid8);
`;
