import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { SystemClock } from '#clock';
import { migrate, sessionConfig, type Sql, type Statement } from '#postgres';
import { testDatabase, type TestDatabase } from '#testing';
import { listTransactions, transactionLists } from '../balance/balance-transaction.repository.js';
import { transactionTypes } from '../balance/balance-transaction.js';
import { chargeLists, listCharges } from '../charges/store/charge-rows.repository.js';
import { chargeFilters } from '../charges/parameters/charge-list-parameters.js';
import { customerLists } from '../customers/customer/customer.repository.js';
import { paymentMethodLists, sourceLists } from '../payment-methods/payment-method.repository.js';
import { boundsOf, type ListBounds, type ListPage } from '../protocol/list-parameters.js';
import { migrations } from '../migrations/migrations.js';
import { raisedTypes } from '../stripe-events/raised-types.js';
import { eventLists, listEvents } from '../stripe-events/stripe-event.repository.js';
import { refundFilters } from '../charges/parameters/refund-list-parameters.js';
import { intentLists, listIntents } from '../payment-intents/store/payment-intent.repository.js';
import { listRefunds, refundLists } from '../charges/store/refund.repository.js';

const ROWS = 40_000;
const LIMIT = 11;
/** Pages of index and table. A full index scan would touch more than 300. */
const PAGES_MAX = 80;
/** A list of balance transactions starts one index scan for each currency and type. */
const PAGES_MAX_OF_TRANSACTIONS = 300;
/** A list of events starts one index scan for each type. */
const PAGES_MAX_OF_EVENTS = 300;

const start = Date.UTC(2026, 0, 1) / 1_000;
const account = 'acct_large';

let test: TestDatabase;
let client: Client;
beforeAll(async () => {
  test = await testDatabase('lists');
  await migrate({ url: test.url, database: test.name, migrations, clock: new SystemClock() });
  client = new Client(sessionConfig({ url: test.url, database: test.name }));
  await client.connect();
}, 60_000);
afterAll(async () => {
  await client.end();
  await test.drop();
});

/** One object a second. Half of the charges have their own group, customer and payment intent; the others share one. */
const grow = `
  INSERT INTO charge (id, account, state, version, amount_minor, currency, customer, payment_intent, created_at, opening,
                      details, ending, awaiting, idempotency_key)
  SELECT 'ch_' || lpad(n::text, 6, '0'), '${account}', 'succeeded', 2, 1000, 'usd',
         CASE WHEN n % 2 = 0 THEN 'common' END, CASE WHEN n % 2 = 0 THEN 'pi_' || n END,
         to_timestamp(${start} + n), '{}',
         jsonb_build_object('transferGroup', CASE WHEN n % 4 < 2 THEN 'common' END), '{}', false, 'key-' || n
  FROM generate_series(1, ${ROWS}) AS n;
  INSERT INTO refund (id, account, charge_id, state, amount_minor, currency, created_at, refund)
  SELECT 're_' || lpad(n::text, 6, '0'), '${account}', CASE WHEN n % 2 = 0 THEN 'common' ELSE 'ch_' || n END, 'succeeded',
         1000, 'usd', to_timestamp(${start} + n), '{}'
  FROM generate_series(1, ${ROWS}) AS n;
  INSERT INTO payment_intent (id, account, version, amount_minor, currency, customer, created_at, intent)
  SELECT 'pi_' || lpad(n::text, 6, '0'), '${account}', 1, 1000, 'usd', CASE WHEN n % 2 = 0 THEN 'common' END,
         to_timestamp(${start} + n), '{}'
  FROM generate_series(1, ${ROWS}) AS n;
  INSERT INTO balance_transaction (id, account, type, amount_minor, fee_minor, currency, source, charge_id, created_at,
                                   available_on)
  SELECT 'txn_' || lpad(n::text, 6, '0'), '${account}', 'charge', 1000, 59, 'usd', 'ch_' || n, 'ch_' || n,
         to_timestamp(${start} + n), date_trunc('day', to_timestamp(${start} + n), 'UTC') + interval '2 days'
  FROM generate_series(1, ${ROWS}) AS n;
  INSERT INTO stripe_event (id, account, type, created_at, object_id, object, api_version)
  SELECT 'evt_' || lpad(n::text, 6, '0'), '${account}', CASE WHEN n % 2 = 0 THEN 'charge.succeeded' ELSE 'refund.created' END,
         to_timestamp(${start} + n), 'ch_' || n, '{}', 'v'
  FROM generate_series(1, ${ROWS}) AS n;
  INSERT INTO webhook_delivery (event_id, endpoint_id, account, event_created_at, state)
  SELECT 'evt_' || lpad(n::text, 6, '0'), 'we_1', '${account}', to_timestamp(${start} + n),
         CASE WHEN n % 1000 = 0 THEN 'pending' ELSE 'delivered' END
  FROM generate_series(1, ${ROWS}) AS n;
  INSERT INTO customer (id, account, created_at, deleted, email, test_clock, details, metadata)
  SELECT 'cus_' || lpad(n::text, 6, '0'), '${account}', to_timestamp(${start} + n), false,
         CASE WHEN n % 2 = 0 THEN 'common' ELSE n || '@example.com' END, '', '{}', '{}'
  FROM generate_series(1, ${ROWS}) AS n;
  INSERT INTO payment_method (id, account, customer, created_at, instrument, billing, metadata, allow_redisplay, spent)
  SELECT 'card_' || lpad(n::text, 6, '0'), '${account}', CASE WHEN n % 2 = 0 THEN 'common' ELSE 'cus_' || n END,
         to_timestamp(${start} + n), '{}', '{}', '{}', CASE WHEN n % 2 = 0 THEN 'common' ELSE 'one' END, false
  FROM generate_series(1, ${ROWS}) AS n;
`;

/** A statement with its values and a description. */
interface Question {
  readonly asks: string;
  readonly statement: Statement;
  readonly values: readonly unknown[];
  readonly pagesMax: number;
}
type Page = ListBounds & Pick<ListPage, 'direction' | 'limit'> & { account: string };

/** Pages at both ends and deep inside, by cursor, by range and by both. */
function pages(prefix: string): [asks: string, Page][] {
  const at = (n: number) => ({ createdAt: (start + n) * 1_000, id: `${prefix}_${String(n).padStart(6, '0')}` });
  const cursors = [null, ...[10, ROWS / 2, ROWS - 10].map(at)];
  const ranges: [number | null, number | null][] = [
    [null, null],
    [null, start + 20],
    [start + ROWS - 20, null],
    [start + ROWS / 2, start + ROWS / 2 + 60],
    [start + 10 * ROWS, null],
  ];
  return (['starting_after', 'ending_before'] as const).flatMap((param) =>
    cursors.flatMap((marked) =>
      ranges.map(([createdFrom, createdBefore]): [string, Page] => {
        const cursor = marked && { param, id: marked.id };
        const bounds = boundsOf({ createdFrom, createdBefore }, cursor, marked);
        const direction = param === 'starting_after' ? 'down' : 'up';
        return [
          `${param} ${marked?.id ?? 'nothing'}, created from ${createdFrom} to ${createdBefore}`,
          { ...bounds, direction, limit: LIMIT, account },
        ];
      }),
    ),
  );
}

/** Every combination of filters, each with a frequent, a unique and an absent value. */
function combinations<Filter extends string>(filters: readonly Filter[], one: Record<Filter, string>) {
  return filters.reduce<Record<Filter, string | null>[]>(
    (all, filter) =>
      all.flatMap((each) => [null, 'common', one[filter], 'none'].map((value) => ({ ...each, [filter]: value }))),
    [{} as Record<Filter, string | null>],
  );
}

/** Statements as the repositories send them, so that every path is measured. */
async function questionsOf(): Promise<Question[]> {
  const questions: Question[] = [];
  const ask = async (asks: string, pagesMax: number, list: (sql: { query: never }) => Promise<unknown>) => {
    const query = (statement: Statement, values: unknown[]) => {
      questions.push({ asks, statement, values, pagesMax });
      return Promise.resolve([]);
    };
    await list({ query } as unknown as { query: never });
  };
  for (const [where, page] of pages('ch'))
    for (const filters of combinations(chargeFilters, {
      customer: 'one',
      payment_intent: 'pi_2',
      transfer_group: 'one',
    }))
      await ask(`charges, ${where}, ${JSON.stringify(filters)}`, PAGES_MAX, (sql) =>
        listCharges(sql, { ...page, filters }, []),
      );
  for (const [where, page] of pages('re'))
    for (const filters of combinations(refundFilters, { charge: 'ch_3' }))
      await ask(`refunds, ${where}, ${JSON.stringify(filters)}`, PAGES_MAX, (sql) =>
        listRefunds(sql, { ...page, filters }),
      );
  for (const [where, page] of pages('pi'))
    for (const filters of combinations(['customer'], { customer: 'one' }))
      await ask(`payment intents, ${where}, ${JSON.stringify(filters)}`, PAGES_MAX, (sql) =>
        listIntents(sql, { ...page, filters }),
      );
  const listed = (asks: string, of: readonly [Statement, unknown[]]) =>
    ask(asks, PAGES_MAX, (sql) => (sql as unknown as Sql).query(...of));
  for (const [where, page] of pages('cus'))
    for (const { email } of combinations(['email'], { email: '3@example.com' }))
      for (const test_clock of ['', 'clock_none']) {
        const filters = { email, test_clock };
        await listed(`customers, ${where}, ${JSON.stringify(filters)}`, customerLists.of(page, filters));
      }
  for (const [where, page] of pages('card'))
    for (const filters of combinations(['customer', 'allow_redisplay'], {
      customer: 'cus_3',
      allow_redisplay: 'one',
    })) {
      const { customer, allow_redisplay } = filters;
      // A customer has few cards.
      if (customer === 'common' && allow_redisplay !== null) continue;
      await listed(`payment methods, ${where}, ${JSON.stringify(filters)}`, paymentMethodLists.of(page, filters));
      if (customer !== null) await listed(`sources, ${where}, ${customer}`, sourceLists.of(page, { customer }));
    }
  for (const [where, page] of pages('txn'))
    for (const currency of [null, 'usd', 'eur'] as const)
      for (const type of [null, ...transactionTypes])
        for (const source of [null, 'ch_7']) {
          const filters = { currency, type, source };
          const asks = `balance transactions, ${where}, ${JSON.stringify(filters)}`;
          await ask(asks, PAGES_MAX_OF_TRANSACTIONS, (sql) => listTransactions(sql, { ...page, filters }));
        }
  for (const [where, page] of pages('evt'))
    for (const types of [raisedTypes, ['charge.succeeded', 'refund.created'], ['charge.failed']] as const)
      for (const deliverySuccess of [null, true, false]) {
        const asks = `events, ${where}, ${types.length} types, delivered: ${deliverySuccess}`;
        await ask(asks, PAGES_MAX_OF_EVENTS, (sql) =>
          listEvents(sql, { ...page, filters: { types, deliverySuccess } }),
        );
      }
  return questions;
}

const literal = (value: unknown): string => {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  return client.escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : (value as string));
};

/** Prepared once with a generic plan, as the service's sessions do. */
async function pagesTouched({ statement, values }: Question): Promise<number> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE "${statement.name}" (${values.map(literal).join(', ')})`,
  );
  const { Plan: plan } = rows[0]!['QUERY PLAN'][0];
  return plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!;
}

describe('a list of an account with much in it', () => {
  it('touches a few pages for every combination of filters, range and cursor, by old plans and by new ones', async () => {
    const questions = await questionsOf();
    const asked = new Map(questions.map(({ statement }) => [statement.name, statement]));
    // No statement is left out.
    expect([...asked.keys()].sort()).toEqual(
      [
        ...[chargeLists, refundLists, intentLists, customerLists, paymentMethodLists, sourceLists].flatMap(
          ({ all }) => all,
        ),
        ...transactionLists,
        ...eventLists,
      ]
        .map(({ name }) => name)
        .sort(),
    );
    for (const { name, text } of asked.values()) await client.query(`PREPARE "${name}" AS ${text}`);
    const slow = async (): Promise<string[]> => {
      const found: string[] = [];
      for (const question of questions) {
        const pages = await pagesTouched(question);
        if (pages > question.pagesMax) found.push(`${question.asks}: ${pages} pages`);
      }
      return found;
    };
    // A new session plans here and keeps its plans.
    await client.query('ANALYZE');
    expect(await slow()).toEqual([]);
    await client.query(grow);
    expect(await slow()).toEqual([]);
    await client.query('ANALYZE');
    expect(await slow()).toEqual([]);
  }, 120_000);
});
