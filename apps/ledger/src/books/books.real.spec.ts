import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NewEvent } from '#contracts';
import { usd } from '#money';
import { statement } from '#postgres';
import { notEmpty } from '#testing';
import { TestBooks } from '../../test/books.js';
import { approved, captured } from '../../test/charge.js';
import { batchesOf, deliveries } from '../../test/histories.js';
import { onLanes } from '../../test/lanes.js';
import { requested, succeeded } from '../../test/refund.js';
import { balanceMinor, summary, type AccountBalance } from './balance.js';

let runs = 0;
const anyDeliveries = deliveries(() => `r${++runs}x`);

let books: TestBooks;
let reference: TestBooks;
beforeAll(async () => {
  [books, reference] = [await TestBooks.open(), await TestBooks.open()];
}, 30_000);
afterAll(async () => {
  await books.test.drop();
  await reference.test.drop();
});

/** Posted and pending balances by account, without zero balances. */
const net = (balances: readonly AccountBalance[]): Record<string, string> =>
  Object.fromEntries(
    balances
      .map((account): [string, string] => {
        const pendingMinor = account.debitsPendingMinor - account.creditsPendingMinor;
        return [account.id, `${balanceMinor(account)} ${pendingMinor}`];
      })
      .filter(([, sums]) => sums !== '0 0'),
  );

describe('the books in Postgres', () => {
  it('are the same for any order, duplication and batching, and the roll-up loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyDeliveries,
        fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 30, maxLength: 30 }),
        async ({ inOrder, anyhow }, sizes) => {
          for (const batch of batchesOf(inOrder)) await reference.run(...batch);
          for (const batch of batchesOf(anyhow, sizes)) {
            // Concurrently with the roll-up, as in production.
            await Promise.all([books.run(...batch), batch.length > 4 ? books.balances.rollUp() : undefined]);
          }

          const balances = await books.balances.balances();
          expect(net(balances)).toEqual(net(await reference.balances.balances()));
          for (const { sumMinor, suspenseMinor } of summary(balances).currencies) {
            expect([sumMinor, suspenseMinor]).toEqual([0, 0]);
          }
        },
      ),
      // Runs share the database, so fast-check cannot shrink a failure.
      { numRuns: 25, endOnFailure: true },
    );
    await books.balances.rollUp();
    expect(await books.balances.miscounted()).toEqual([]);
    expect(net(await books.balances.balances())).toEqual(net(await reference.balances.balances()));
  }, 60_000);

  // After Formance's stress test: many transactions, and every revert is sent twice.
  it('contain only the fees when every charge is refunded, and every refund is sent twice', async () => {
    const test = await TestBooks.open();
    const charges = Array.from({ length: 3_000 }, (_, n) => ({ chargeId: `ch_${n}`, account: `acct_${n % 20}` }));
    const inBatches = async (eventsOf: (charge: (typeof charges)[number], n: number) => NewEvent[]): Promise<void> => {
      const events = charges.flatMap(eventsOf);
      const batches = Array.from({ length: Math.ceil(events.length / 500) }, (_, n) =>
        events.slice(n * 500, (n + 1) * 500),
      );
      // Twice, the second time in reverse order on other connections, so that batches contend for locks.
      await Promise.all([
        onLanes(4, batches, (batch) => test.run(...batch)),
        onLanes(4, batches.toReversed(), (batch) => test.run(...batch)),
        test.balances.rollUp(),
      ]);
    };
    await inBatches((charge, n) => [approved({ ...charge, capture: n % 2 === 0 ? 'automatic' : 'manual' })]);
    await inBatches((charge) => [captured(charge)]);
    // One or two refunds, and one that exceeds the captured amount.
    const refundsOf = (charge: (typeof charges)[number], n: number) =>
      (n % 3 === 0 ? [900] : [400, 500]).map((amountMinor, part) => ({
        ...charge,
        refundId: `re_${n}_${part}`,
        amount: usd(amountMinor),
      }));
    await inBatches((charge, n) => refundsOf(charge, n).map(requested));
    await inBatches((charge, n) => [requested({ ...charge, refundId: `re_${n}_x`, amount: usd(1) })]);
    await inBatches((charge, n) => refundsOf(charge, n).map(succeeded));

    await test.balances.rollUp();
    const balances = await test.balances.balances();
    const merchants = balances.filter(({ kind }) => kind === 'merchant');
    expect(merchants).toHaveLength(20);
    for (const merchant of notEmpty(merchants)) expect(balanceMinor(merchant)).toBe(-56 * 150);
    expect(summary(balances).currencies).toEqual([{ currency: 'usd', sumMinor: 0, suspenseMinor: 0 }]);
    expect(balanceMinor(balances.find(({ kind }) => kind === 'bank_receivable')!)).toBe(0);
    expect(
      notEmpty(balances).every((account) => account.debitsPendingMinor === 0 && account.creditsPendingMinor === 0),
    ).toBe(true);
    expect(await test.balances.miscounted()).toEqual([]);
    await test.test.drop();
  }, 120_000);

  it('never lose transfers of a slow transaction to the roll-up', async () => {
    const { database } = books.test;
    const merchantPosted = async (): Promise<number> => {
      const [merchant] = await books.balances.balances('merchant:acct_slow:usd');
      return merchant!.creditsPostedMinor;
    };
    const fast = (n: number) => [
      approved({ chargeId: `ch_fast${n}`, account: 'acct_slow' }),
      captured({ chargeId: `ch_fast${n}`, account: 'acct_slow' }),
    ];
    await books.run(...fast(1));

    const mayCommit = Promise.withResolvers<void>();
    const hasWritten = Promise.withResolvers<void>();
    const slow = database.transaction(async (tx) => {
      await tx.query(slowTransfer);
      hasWritten.resolve();
      await mayCommit.promise;
    });
    await hasWritten.promise;
    await books.run(...fast(2));
    await books.balances.rollUp();
    expect(await merchantPosted()).toBe(1800);
    mayCommit.resolve();
    await slow;
    await books.balances.rollUp();
    expect(await merchantPosted()).toBe(1801);
    expect(await books.balances.miscounted()).toEqual([]);
  });
});

const slowTransfer = statement(
  'test.slow_transfer',
  `INSERT INTO transfer (charge_id, effect, kind, debit_account, credit_account, amount_minor, currency, cause, posted_at)
   VALUES ('ch_slow', 'capture', 'single', 'bank_receivable:alder:usd', 'merchant:acct_slow:usd', 1, 'usd', 'by hand', now())`,
);
