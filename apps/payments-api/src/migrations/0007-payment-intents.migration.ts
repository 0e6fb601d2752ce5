import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What merchants ask of payment intents. How far a payment has come is read from its charge. */
export class PaymentIntents1700000000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}

// The unique index holds the promise that an intent has at most one charge that can take money, whatever the code does.
const up = `
  CREATE TABLE payment_intent (
    id text COLLATE "C" PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    version int4 NOT NULL CHECK (version >= 1),
    amount_minor int8 NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    customer text,
    latest_charge text COLLATE "C",
    created_at timestamptz NOT NULL,
    intent jsonb NOT NULL
  );
  CREATE INDEX payment_intent_by_creation ON payment_intent (account, created_at, id) WHERE id <> '';
  CREATE INDEX payment_intent_by_customer ON payment_intent (account, customer, created_at, id)
    WHERE customer IS NOT NULL;
  CREATE UNIQUE INDEX charge_live_of_payment_intent ON charge (payment_intent)
    WHERE payment_intent IS NOT NULL AND state IN ('requested', 'authorized', 'succeeded');
`;

const down = `
  DROP INDEX charge_live_of_payment_intent;
  DROP TABLE payment_intent;
`;
