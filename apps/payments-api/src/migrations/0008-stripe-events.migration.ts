import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stripe's events, the endpoints of merchants that want them, and what is still to be delivered to which. */
export class StripeEvents1700000000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [eventsSql, endpointsSql, deliveriesSql]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_delivery, webhook_endpoint, stripe_event');
  }
}

// One index beside the key. A list merges the types that it shows, so no filter costs an event another index.
const eventsSql = `
  CREATE TABLE stripe_event (
    id text COLLATE "C" PRIMARY KEY CHECK (id LIKE 'evt\\_%'),
    account text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    object_id text COLLATE "C" NOT NULL,
    object text NOT NULL,
    previous_attributes text,
    request_id text,
    request_key text,
    api_version text NOT NULL
  );
  CREATE INDEX stripe_event_by_type ON stripe_event (account, type, created_at, id) WHERE id <> '';
`;

const endpointsSql = `
  CREATE TABLE webhook_endpoint (
    id text COLLATE "C" PRIMARY KEY CHECK (id LIKE 'we\\_%'),
    account text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    url text NOT NULL,
    enabled_events text[] NOT NULL,
    status text NOT NULL CHECK (status IN ('enabled', 'disabled')),
    description text,
    metadata jsonb NOT NULL,
    api_version text,
    secret_version int4 NOT NULL DEFAULT 1 CHECK (secret_version >= 1),
    previous_secret_until timestamptz
  );
  CREATE INDEX webhook_endpoint_by_creation ON webhook_endpoint (account, created_at, id) WHERE id <> '';
`;

// No foreign key: it would lock the endpoint's row in every transaction that raises an event.
const deliveriesSql = `
  CREATE TABLE webhook_delivery (
    event_id text COLLATE "C" NOT NULL,
    endpoint_id text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    event_created_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'abandoned')),
    attempts int4 NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    log jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (event_id, endpoint_id)
  );
  CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, due_at) WHERE state = 'pending';
  CREATE INDEX webhook_delivery_undelivered ON webhook_delivery (account, event_created_at, event_id)
    WHERE state <> 'delivered';
  COMMENT ON COLUMN webhook_delivery.due_at IS
    'When the next attempt is due; while an attempt is under way, when another instance may make it.';
`;
