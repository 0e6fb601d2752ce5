import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { assertIndexProbes, migrate } from '#postgres';
import { testDatabase, type TestDatabase } from '#testing';
import { entityStatements } from '../../../libs/postgres/src/testing/entity-statements.js';
import { ApiKeyEntity } from './accounts/api-key.entity.js';
import { ApiKeyRepository } from './accounts/api-key.repository.js';
import {
  changeStatement,
  loadStatement,
  openStatement,
  saveRefundsStatement,
} from './charges/store/charge-statements.js';
import {
  catchUpStatement,
  dueToSweepStatement,
  takeStalledStatement,
} from './charges/store/stalled-charges.repository.js';
import {
  findManyStatement,
  findStatement,
  stillUnsettledStatement,
  unsettledStatement,
} from './charges/store/charge-rows.repository.js';
import { dueOfAccountStatement, dueStatement } from './charges/jobs/expiry-job.js';
import { unansweredStatement } from './charges/requests/pending-answers.js';
import {
  claimStatement,
  pruneAnswersStatement,
  pruneKeysStatement,
  readAnswersStatement,
  readKeysStatement,
  readRenderingsStatement,
  storeAnswersStatement,
} from './idempotency/key.repository.js';
import { migrations } from './migrations/migrations.js';
import {
  findRefundStatement,
  latestRefundsStatement,
  pendingRefundsStatement,
  refundsByIdStatement,
} from './charges/store/refund.repository.js';
import { findChargedIntentStatement } from './payment-intents/store/charged-intent.repository.js';
import {
  findIntentOfAnyoneStatement,
  findIntentStatement,
  lockIntentsStatement,
  saveIntentsStatement,
} from './payment-intents/store/payment-intent.repository.js';
import {
  findEventStatement,
  pruneDeliveriesStatement,
  pruneEventsStatement,
  raiseStatement,
} from './stripe-events/stripe-event.repository.js';
import {
  claimDeliveriesStatement,
  dueEndpointsStatement,
  hastenStatement,
  recordDeliveriesStatement,
  resendStatement,
} from './webhooks/delivery/webhook-delivery.repository.js';
import { deleteWaitingStatement } from './webhooks/webhook-endpoint.repository.js';
import { TestClockEntity } from './test-clocks/test-clock.entity.js';
import { TestClockRepository } from './test-clocks/test-clock.repository.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase('payments_plans');
  const { url, name: database } = test;
  await migrate({ url, database, migrations, clock: new SystemClock() });
}, 60_000);
afterAll(() => test.drop(), 30_000);

/** What TypeORM makes of calls of these repositories. */
const fromEntities = await entityStatements([ApiKeyEntity, TestClockEntity], (tables) =>
  Promise.all([
    new ApiKeyRepository(tables.getRepository(ApiKeyEntity)).accountsOf(['hash-1', 'hash-2']),
    new TestClockRepository(tables.getRepository(TestClockEntity)).changes(0),
  ]),
);

it('every statement on the way of a charge reaches its rows by index, however much there is', async () => {
  await expect(
    assertIndexProbes({
      session: { url: test.url, database: test.name },
      statements: [
        ...fromEntities.map((text, index) => ({ name: `from_entities_${index}`, text })),
        claimStatement,
        readKeysStatement,
        readAnswersStatement,
        readRenderingsStatement,
        storeAnswersStatement,
        pruneAnswersStatement,
        pruneKeysStatement,
        loadStatement,
        openStatement,
        changeStatement,
        saveRefundsStatement,
        findStatement,
        findManyStatement,
        dueToSweepStatement,
        takeStalledStatement,
        catchUpStatement,
        unansweredStatement,
        unsettledStatement,
        stillUnsettledStatement,
        dueStatement,
        dueOfAccountStatement,
        findRefundStatement,
        refundsByIdStatement,
        latestRefundsStatement,
        pendingRefundsStatement,
        findIntentStatement,
        findIntentOfAnyoneStatement,
        lockIntentsStatement,
        saveIntentsStatement,
        findChargedIntentStatement,
        raiseStatement,
        findEventStatement,
        pruneEventsStatement,
        pruneDeliveriesStatement,
        claimDeliveriesStatement,
        recordDeliveriesStatement,
        dueEndpointsStatement,
        hastenStatement,
        resendStatement,
        deleteWaitingStatement,
      ],
      tables: [
        'api_key',
        'balance_transaction',
        'charge',
        'refund',
        'idempotency_key',
        'idempotency_answer',
        'payment_intent',
        'test_clock',
        'stripe_event',
        'webhook_delivery',
        'webhook_endpoint',
      ],
      grow: async () => {
        await test.database.query({
          name: 'test.grow_api_keys',
          text: `INSERT INTO api_key (hash, account, label)
               SELECT 'hash-' || n, 'acct_' || n, 'shop' FROM generate_series(1, 5000) AS n`,
        });
        await test.database.query({
          name: 'test.grow_charges',
          text: `INSERT INTO charge (id, account, state, version, amount_minor, currency, created_at, opening, details, ending, awaiting, idempotency_key)
               SELECT 'ch_' || n, 'acct_' || n % 50, 'succeeded', 2, 1000, 'usd', now(), '{}', '{}', '{}', false, 'key-' || n
               FROM generate_series(1, 5000) AS n`,
        });
        await test.database.query({
          name: 'test.grow_payment_intents',
          text: `INSERT INTO payment_intent (id, account, version, amount_minor, currency, latest_charge, created_at, intent)
               SELECT 'pi_' || n, 'acct_' || n % 50, 1, 1000, 'usd', 'ch_' || n, now(), '{}'
               FROM generate_series(1, 5000) AS n`,
        });
        await test.database.query({
          name: 'test.grow_refunds',
          text: `INSERT INTO refund (id, account, charge_id, state, amount_minor, currency, created_at, refund)
               SELECT 're_' || n, 'acct_' || n % 50, 'ch_' || n, 'succeeded', 1000, 'usd', now(), '{}'
               FROM generate_series(1, 5000) AS n`,
        });
        await test.database.query({
          name: 'test.grow_balance_transactions',
          text: `INSERT INTO balance_transaction (id, type, account, amount_minor, fee_minor, currency, source, charge_id, created_at, available_on)
               SELECT 'txn_' || n, 'charge', 'acct_' || n % 50, 1000, 59, 'usd', 'ch_' || n, 'ch_' || n, '2026-06-15', '2026-06-18'
               FROM generate_series(1, 5000) AS n`,
        });
        await test.database.query({
          name: 'test.grow_events',
          text: `INSERT INTO stripe_event (id, account, type, created_at, object_id, object, api_version)
               SELECT 'evt_' || n, 'acct_' || n % 50, 'charge.succeeded', now(), 'ch_' || n, '{}', 'v'
               FROM generate_series(1, 5000) AS n`,
        });
        await test.database.query({
          name: 'test.grow_endpoints',
          text: `INSERT INTO webhook_endpoint (id, account, created_at, url, enabled_events, status, metadata)
               SELECT 'we_' || n, 'acct_' || n, now(), 'http://localhost', '{*}', 'enabled', '{}'
               FROM generate_series(1, 5000) AS n`,
        });
        await test.database.query({
          name: 'test.grow_deliveries',
          text: `INSERT INTO webhook_delivery (event_id, endpoint_id, account, event_created_at)
               SELECT 'evt_' || n, 'we_' || n % 50, 'acct_' || n % 50, now() FROM generate_series(1, 5000) AS n`,
        });
        await test.database.query({
          name: 'test.grow_clocks',
          text: `INSERT INTO test_clock (account, id, frozen_time, offset_ms)
               SELECT 'acct_' || n, 'clock_' || n, now(), 0 FROM generate_series(1, 5000) AS n`,
        });
        await test.database.query({
          name: 'test.grow_keys',
          text: `INSERT INTO idempotency_key (account, key, endpoint, fingerprint, request_id, charge_id, expand,
                                            api_version, holder, answer_by)
               SELECT 'acct_' || n % 50, 'key-' || n, 'POST /v1/charges', 'f', 'req_' || n, 'ch_' || n, '[]', 'v',
                      'one#a', now()
               FROM generate_series(1, 5000) AS n`,
        });
        await test.database.query({
          name: 'test.grow_answers',
          text: `INSERT INTO idempotency_answer (account, key, status, body)
               SELECT account, key, 200, '{}' FROM idempotency_key`,
        });
      },
    }),
  ).resolves.toBeUndefined();
}, 60_000);
