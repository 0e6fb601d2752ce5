import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Customers, what they pay with, and how it was set up. */
export class Customers1700000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE customer, payment_method, token, setup_intent');
  }
}

// As in migration 0004, the indexes of lists are partial, so that no other statement can use them.
const up = `
  CREATE TABLE customer (
    id text COLLATE "C" PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    deleted boolean NOT NULL,
    email text COLLATE "C",
    test_clock text COLLATE "C" NOT NULL,
    default_payment_method text COLLATE "C",
    default_source text COLLATE "C",
    details jsonb NOT NULL,
    metadata jsonb NOT NULL
  );
  CREATE INDEX customer_by_creation ON customer (account, test_clock, created_at, id) WHERE NOT deleted;
  CREATE INDEX customer_by_email ON customer (account, test_clock, email, created_at, id) WHERE NOT deleted;

  CREATE TABLE payment_method (
    id text COLLATE "C" PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    customer text COLLATE "C",
    created_at timestamptz NOT NULL,
    instrument jsonb NOT NULL,
    billing jsonb NOT NULL,
    metadata jsonb NOT NULL,
    allow_redisplay text NOT NULL,
    spent boolean NOT NULL
  );
  CREATE INDEX payment_method_by_creation ON payment_method (account, created_at, id) WHERE id <> '';
  CREATE INDEX payment_method_by_customer ON payment_method (account, customer, created_at, id)
    WHERE customer IS NOT NULL;
  CREATE INDEX payment_method_by_redisplay ON payment_method (account, allow_redisplay, created_at, id)
    WHERE allow_redisplay IS NOT NULL;

  CREATE TABLE token (
    id text COLLATE "C" PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    instrument jsonb NOT NULL,
    used boolean NOT NULL
  );

  CREATE TABLE setup_intent (
    id text COLLATE "C" PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    status text NOT NULL,
    customer text COLLATE "C",
    payment_method text COLLATE "C",
    details jsonb NOT NULL,
    metadata jsonb NOT NULL
  );
  CREATE INDEX setup_intent_by_creation ON setup_intent (account, created_at, id) WHERE id <> '';
  CREATE INDEX setup_intent_by_customer ON setup_intent (account, customer, created_at, id)
    WHERE customer IS NOT NULL;
  CREATE INDEX setup_intent_by_payment_method ON setup_intent (account, payment_method, created_at, id)
    WHERE payment_method IS NOT NULL;
`;
