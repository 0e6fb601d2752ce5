import { afterAll, beforeAll, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { assertIndexProbes, migrate } from '#postgres';
import { testDatabase, type TestDatabase } from '#testing';
import {
  findStatement,
  listDownStatement,
  listUpStatement,
  loadStatement,
  saveStatement,
  takeStalledStatement,
} from './charges/charge.repository.js';
import { unansweredStatement } from './charges/pending-answers.js';
import {
  claimStatement,
  pruneAnswersStatement,
  pruneKeysStatement,
  readAnswersStatement,
  readKeysStatement,
  storeAnswersStatement,
} from './idempotency/key.repository.js';
import { Payments1700000000001 } from './migrations/0001-payments.migration.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase('payments_plans');
  const { url, name: database } = test;
  await migrate({ url, database, migrations: [Payments1700000000001], clock: new SystemClock() });
}, 60_000);
afterAll(() => test.drop());

it('every statement on the way of a charge reaches its rows by index, however much there is', async () => {
  await assertIndexProbes({
    session: { url: test.url, database: test.name },
    statements: [
      claimStatement,
      readKeysStatement,
      readAnswersStatement,
      storeAnswersStatement,
      pruneAnswersStatement,
      pruneKeysStatement,
      loadStatement,
      saveStatement,
      findStatement,
      listDownStatement,
      listUpStatement,
      takeStalledStatement,
      unansweredStatement,
    ],
    tables: ['charge', 'idempotency_key', 'idempotency_answer'],
    grow: async () => {
      await test.database.query({
        name: 'test.grow_charges',
        text: `INSERT INTO charge (id, account, state, version, amount_minor, currency, created_at, opening, details, ending, idempotency_key)
               SELECT 'ch_' || n, 'acct_' || n % 50, 'succeeded', 2, 1000, 'usd', now(), '{}', '{}', '{}', 'key-' || n
               FROM generate_series(1, 5000) AS n`,
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
  });
}, 60_000);
