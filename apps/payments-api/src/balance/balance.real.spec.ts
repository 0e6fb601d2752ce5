import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SystemClock } from '#clock';
import { money, usd } from '#money';
import { assertIndexProbes, migrate, statement, type Sql } from '#postgres';
import { olderTransactionsEnded, testDatabase, type TestDatabase } from '#testing';
import { boundsOf } from '../protocol/list-parameters.js';
import { Balance1700000000003 } from '../migrations/0003-balance.migration.js';
import { migrations } from '../migrations/migrations.js';
import type { BalanceTransaction } from './balance-transaction.js';
import {
  findTransaction,
  findTransactionStatement,
  insertTransactions,
  listTransactions,
  transactionValues,
  type TransactionPage,
} from './balance-transaction.repository.js';
import {
  accountStatement,
  auditBalances,
  balanceStatement,
  readBalance,
  rollUpBalances,
} from './balance.repository.js';
import { aChargeMoved, aRefundMoved, DAY_MS, testDay } from './testing/a-transaction.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase('balance');
  await migrate({ url: test.url, database: test.name, migrations, clock: new SystemClock() });
}, 60_000);
afterAll(() => test.drop());

let account = '';
let accounts = 0;
beforeEach(() => void (account = `acct_${++accounts}`));

const insertStatement = statement('test.insert_transactions', insertTransactions(1));
const write = (sql: Sql, ...transactions: BalanceTransaction[]) =>
  sql.query(insertStatement, transactionValues(transactions.map((transaction) => ({ account, transaction }))));
/** Everything that is written: other tests' transactions, in other databases, would end a roll-up early. */
async function rollUpAll(database: Sql): Promise<void> {
  await olderTransactionsEnded(database);
  await rollUpBalances(database);
}
const rest = () => `${account}x${++rests}`;
let rests = 0;
const charge = (given: Partial<Parameters<typeof aChargeMoved>[0]> = {}) => aChargeMoved({ rest: rest(), ...given });
const refund = (given: Partial<Parameters<typeof aRefundMoved>[0]> = {}) =>
  aRefundMoved({ rest: rest(), charge: 'any', ...given });

/** Available plus pending, in cents. */
async function totalMinor(): Promise<number> {
  const parts = await readBalance(test.database, account, testDay);
  return parts.filter(({ currency }) => currency === 'usd').reduce((sum, { netMinor }) => sum + netMinor, 0);
}

const byHand = (text: string) => test.database.query({ name: '', text });

describe('a balance in Postgres', () => {
  it('is the sum of its transactions, before they are rolled up, after, and between', async () => {
    const { database } = test;
    await write(database, charge(), charge({ amount: money(500, 'jpy'), fee: money(55, 'jpy') }));
    const before = await readBalance(database, account, testDay);
    expect(before).toHaveLength(2);
    await rollUpAll(database);
    expect(await readBalance(database, account, testDay)).toEqual(before);
    await write(database, refund());
    expect(await totalMinor()).toBe(941 - 1000);
    expect(await accountStatement(database, account)).toEqual([
      {
        currency: 'jpy',
        transactions: 1,
        amountMinor: 500,
        feeMinor: 55,
        netMinor: 445,
        rolledUpMinor: 445,
        sinceMinor: 0,
      },
      {
        currency: 'usd',
        transactions: 2,
        amountMinor: 0,
        feeMinor: 59,
        netMinor: -59,
        rolledUpMinor: 941,
        sinceMinor: -1000,
      },
    ]);
  });

  it('tells apart by day what is to come, and makes one sum of what has passed', async () => {
    const days = [0, 0, 1, 2].map((day) => charge({ postedAt: testDay + day * DAY_MS + 1 }));
    await write(test.database, ...days);
    const parts = async (now: number) =>
      (await readBalance(test.database, account, now))
        .map(({ availableOn, netMinor }) => [(availableOn - testDay) / DAY_MS, netMinor])
        .sort(([a], [b]) => a! - b!);
    for (const _ of ['before', 'after']) {
      expect(await parts(testDay)).toEqual([
        [3, 1882],
        [4, 941],
        [5, 941],
      ]);
      expect(await parts(testDay + 4 * DAY_MS)).toEqual([
        [4, 2823],
        [5, 941],
      ]);
      await rollUpBalances(test.database);
    }
  });

  it('counts a transaction once, however often it is written', async () => {
    const once = charge();
    await write(test.database, once);
    await write(test.database, once);
    await rollUpBalances(test.database);
    await write(test.database, once);
    await rollUpBalances(test.database);
    expect(await totalMinor()).toBe(941);
  });

  it('never loses to the roll-up what a slow transaction wrote before it committed', async () => {
    const { database } = test;
    const mayCommit = Promise.withResolvers<void>();
    const hasWritten = Promise.withResolvers<void>();
    const slow = database.transaction(async (tx) => {
      await write(tx, charge());
      hasWritten.resolve();
      await mayCommit.promise;
    });
    await hasWritten.promise;
    await write(database, refund({ amount: usd(1) }));
    await rollUpBalances(database);
    expect(await totalMinor()).toBe(-1);
    mayCommit.resolve();
    await slow;
    await rollUpBalances(database);
    expect(await totalMinor()).toBe(940);
    expect(await auditBalances(database)).toEqual({ miscounted: [], unmoved: [] });
  });

  it('comes out right while writers and roll-ups race, at every single look', async () => {
    const { database } = test;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 12 }), async (sizes) => {
        account = `acct_${++accounts}`;
        let committed = 0;
        let begun = 0;
        await Promise.all(
          sizes.flatMap((size) => {
            const batch = Array.from({ length: size }, () => charge());
            begun += size;
            return [
              database
                .transaction(async (tx) => {
                  await write(tx, ...batch);
                  if (size > 6) await rollUpBalances(database);
                })
                .then(() => void (committed += size)),
              rollUpBalances(database),
              (async () => {
                const least = committed;
                const seen = await totalMinor();
                expect(seen % 941).toBe(0);
                expect(seen / 941).toBeGreaterThanOrEqual(least);
                expect(seen / 941).toBeLessThanOrEqual(begun);
              })(),
            ];
          }),
        );
        expect(await totalMinor()).toBe(begun * 941);
        await rollUpAll(database);
        expect(await accountStatement(database, account)).toMatchObject([
          { netMinor: begun * 941, rolledUpMinor: begun * 941, sinceMinor: 0 },
        ]);
      }),
      { numRuns: 20 },
    );
    expect((await auditBalances(database)).miscounted).toEqual([]);
  });

  it('is found out by the audit when it was tampered with', async () => {
    await write(test.database, charge());
    await rollUpAll(test.database);
    const tamper = (byMinor: number) =>
      byHand(`UPDATE balance_rollup SET net_minor = net_minor + ${byMinor} WHERE account = '${account}'`);
    await tamper(1);
    expect((await auditBalances(test.database)).miscounted).toEqual([
      { account, currency: 'usd', availableOn: testDay + 3 * DAY_MS, rolledUpMinor: 942, countedMinor: 941 },
    ]);
    await tamper(-1);
    expect((await auditBalances(test.database)).miscounted).toEqual([]);
  });
});

describe('the list of transactions', () => {
  const any = { currency: null, type: null, source: null };
  const everything = { direction: 'down', limit: 100, below: null, above: null } as const;
  const list = async ({ filters, ...page }: Partial<Omit<TransactionPage, 'filters'>> & { filters?: object } = {}) => {
    const asked = { ...everything, account, filters: { ...any, ...filters }, ...page };
    return (await listTransactions(test.database, asked)).map(({ transaction }) => transaction);
  };
  const created = (from: number | null, before: number | null) =>
    boundsOf({ createdFrom: from, createdBefore: before }, null, null);

  it('goes by the time of posting, and by id within a moment', async () => {
    const late = charge({ rest: `0${account}`, postedAt: testDay + 10 });
    const [a, b] = [charge({ postedAt: testDay }), charge({ postedAt: testDay })];
    await write(test.database, late, a, b);
    expect(await list()).toEqual([late, b, a]);
    expect(await list({ direction: 'up' })).toEqual([a, b, late]);
    expect(await list({ below: late, limit: 1 })).toEqual([b]);
    expect(await list({ below: b })).toEqual([a]);
    expect(await list({ direction: 'up', above: b })).toEqual([late]);
    expect(await list({ direction: 'up', above: a, limit: 1 })).toEqual([b]);
  });

  it('filters', async () => {
    const yen = charge({ amount: money(500, 'jpy'), fee: money(55, 'jpy'), postedAt: testDay });
    const dollars = charge({ postedAt: testDay + 1500 });
    const back = refund({ postedAt: testDay + 2000 });
    await write(test.database, yen, dollars, back);
    const filtered = (filters: object) => list({ filters });
    expect(await list()).toEqual([back, dollars, yen]);
    expect(await filtered({ currency: 'jpy' })).toEqual([yen]);
    expect(await filtered({ type: 'refund' })).toEqual([back]);
    expect(await filtered({ type: 'charge' })).toEqual([dollars, yen]);
    expect(await filtered({ type: 'charge', currency: 'usd' })).toEqual([dollars]);
    expect(await filtered({ source: back.source })).toEqual([back]);
    expect(await filtered({ source: yen.source })).toEqual([yen]);
    expect(await filtered({ source: yen.source, type: 'refund' })).toEqual([]);
    expect(await list({ filters: { source: yen.source }, below: yen })).toEqual([]);
    // The balance transaction of this refund would have the same id.
    expect(await filtered({ source: yen.source.replace('ch_', 're_') })).toEqual([]);
    const second = testDay / 1000;
    expect(await list(created(second + 1, null))).toEqual([back, dollars]);
    expect(await list(created(second + 1, second + 2))).toEqual([dollars]);
    expect(await list(created(null, second))).toEqual([]);
  });

  it('shows nothing of another account', async () => {
    const theirs = charge();
    await write(test.database, theirs);
    const them = account;
    account = 'acct_other';
    expect(await list()).toEqual([]);
    expect(await list({ filters: { source: theirs.source } })).toEqual([]);
    expect(await findTransaction(test.database, account, theirs.id)).toBeUndefined();
    expect((await findTransaction(test.database, them, theirs.id))?.transaction).toEqual(theirs);
    expect(await readBalance(test.database, account, testDay)).toEqual([]);
  });
});

describe('the database itself', () => {
  beforeEach(() => write(test.database, charge()));
  const insert = (type: string, amount: number, fee: number, source: string, availableOn: string) =>
    `INSERT INTO balance_transaction (id, account, type, amount_minor, fee_minor, currency, source, charge_id, created_at, available_on)
     VALUES ('txn_by_hand', 'acct_1', '${type}', ${amount}, ${fee}, 'usd', '${source}', 'ch_1', '2026-06-15', '${availableOn}')`;

  it.each([
    ['an update', 'UPDATE balance_transaction SET amount_minor = 1', 'append-only'],
    ['a deletion', 'DELETE FROM balance_transaction', 'append-only'],
    ['a truncation', 'TRUNCATE balance_transaction', 'append-only'],
    ['a charge that takes money', insert('charge', -1, 0, 'ch_1', '2026-06-17'), 'check'],
    ['a refund that brings money', insert('refund', 1, 0, 're_1', '2026-06-15'), 'check'],
    ['a fee that is given', insert('charge', 1, -1, 'ch_1', '2026-06-17'), 'check'],
    ['a charge of another', insert('charge', 1, 0, 'ch_2', '2026-06-17'), 'check'],
    ['a payout', insert('payout', -1, 0, 'po_1', '2026-06-15'), 'check'],
    ['money that waits until noon', insert('charge', 1, 0, 'ch_1', '2026-06-17 12:00'), 'check'],
  ])('refuses %s', async (_, text, reason) => {
    await expect(byHand(text)).rejects.toThrow(new RegExp(reason));
  });
});

describe('a database from before there were balance transactions', () => {
  it('has them made from the streams of its charges and refunds, and rolled up', async () => {
    const old = await testDatabase('balance_before');
    try {
      const bring = (upTo: typeof migrations) =>
        migrate({ url: old.url, database: old.name, migrations: upTo, clock: new SystemClock() });
      await bring(migrations.slice(0, migrations.indexOf(Balance1700000000003)));
      const posted = { type: 'posted', amount: usd(1000), fee: usd(59), postedAt: testDay + 5 };
      for (const [n, availableOn] of [testDay + 2 * DAY_MS, testDay + 2 * DAY_MS + 5].entries()) {
        const ending = { ...posted, availableOn, balanceTransactionId: `txn_${n}` };
        await old.database.query(
          {
            name: 'test.old_charge',
            text: `WITH opened AS (
                   INSERT INTO charge (id, account, state, version, amount_minor, currency, created_at, opening, details, ending, awaiting, idempotency_key)
                   VALUES ($1, 'acct_old', 'succeeded', 2, 1000, 'usd', now(), '{}', '{"description": "old"}', $2, false, $1)
                 )
                 INSERT INTO charge_event (charge_id, version, type, data) VALUES ($1, 1, 'opened', '{}'), ($1, 2, 'posted', $2)`,
          },
          [`ch_${n}`, JSON.stringify(ending)],
        );
      }
      const end = { type: 'posted', postedAt: testDay + 7, availableOn: testDay + 7, balanceTransactionId: 'txn_back' };
      await old.database.query(
        {
          name: 'test.old_refund',
          text: `WITH written AS (
                   INSERT INTO refund (id, account, charge_id, state, amount_minor, currency, created_at, refund)
                   VALUES ('re_back', 'acct_old', 'ch_0', 'succeeded', 100, 'usd', now(), '{}')
                 )
                 INSERT INTO charge_event (charge_id, version, type, data) VALUES ('ch_0', 3, 'refund_ended', $1)`,
        },
        [JSON.stringify({ refundId: 're_back', end })],
      );
      await bring(migrations);
      expect((await findTransaction(old.database, 'acct_old', 'txn_back'))?.transaction).toEqual(
        aRefundMoved({ rest: 'back', charge: '0', amount: usd(100), postedAt: testDay + 7 }),
      );
      expect(await findTransaction(old.database, 'acct_old', 'txn_1')).toEqual({
        transaction: aChargeMoved({ rest: '1', postedAt: testDay + 5 }),
        chargeDescription: 'old',
      });
      expect((await findTransaction(old.database, 'acct_old', 'txn_0'))?.transaction.availableOn).toBe(
        testDay + 2 * DAY_MS,
      );
      const rolledUp = { netMinor: 1782, rolledUpMinor: 1782, sinceMinor: 0 };
      expect(await accountStatement(old.database, 'acct_old')).toMatchObject([rolledUp]);
      await rollUpBalances(old.database);
      expect(await accountStatement(old.database, 'acct_old')).toMatchObject([rolledUp]);
      expect(await auditBalances(old.database)).toEqual({ miscounted: [], unmoved: [] });
    } finally {
      await old.drop();
    }
  });
});

it('every read reaches its rows by index, beside a hundred thousand of another account', async () => {
  const large = await testDatabase('balance_plans');
  try {
    await migrate({ url: large.url, database: large.name, migrations, clock: new SystemClock() });
    await assertIndexProbes({
      session: { url: large.url, database: large.name },
      statements: [balanceStatement, findTransactionStatement],
      tables: ['balance_transaction', 'balance_rollup', 'charge'],
      grow: async () => {
        await large.database.query({
          name: 'test.grow_transactions',
          text: `INSERT INTO balance_transaction (id, account, type, amount_minor, fee_minor, currency, source, charge_id, created_at, available_on)
                 SELECT 'txn_' || n, 'acct_busy', 'charge', 1000, 59, 'usd', 'ch_' || n, 'ch_' || n, '2026-06-15', date '2026-06-17' + n % 2000
                 FROM generate_series(1, 100000) AS n`,
        });
        await large.database.query({
          name: 'test.grow_charges_of_transactions',
          text: `INSERT INTO charge (id, account, state, version, amount_minor, currency, created_at, opening, details, ending, awaiting, idempotency_key)
                 SELECT 'ch_' || n, 'acct_busy', 'succeeded', 2, 1000, 'usd', now(), '{}', '{}', '{}', false, 'key-' || n
                 FROM generate_series(1, 5000) AS n`,
        });
        await rollUpBalances(large.database);
      },
    });
    // The roll-up keeps one row for each day, so a year of history costs 365 rows.
    const read = { name: '', text: `EXPLAIN (ANALYZE, FORMAT JSON) ${balanceStatement.text}` };
    const [explained] = await large.database.query<{ 'QUERY PLAN': unknown }>(read, ['acct_quiet', testDay]);
    expect(rowsTouched(explained!['QUERY PLAN'])).toBeLessThan(10);
  } finally {
    await large.drop();
  }
}, 120_000);

/** Rows that the leaves of a plan read, filtered ones included. */
function rowsTouched(plan: unknown): number {
  if (Array.isArray(plan)) return plan.reduce<number>((sum, each) => sum + rowsTouched(each), 0);
  if (typeof plan !== 'object' || plan === null) return 0;
  const node = plan as Record<string, unknown>;
  const own = 'Relation Name' in node ? Number(node['Actual Rows']) + Number(node['Rows Removed by Filter'] ?? 0) : 0;
  return own + rowsTouched(Object.values(node).filter((value) => typeof value === 'object'));
}
