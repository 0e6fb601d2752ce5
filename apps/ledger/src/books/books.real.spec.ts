import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { statement } from '#postgres';
import { TestBooks } from '../../test/books.js';
import { approved, captured } from '../../test/charge.js';
import { deliveries } from '../../test/histories.js';
import { balanceMinor, summary, type AccountBalance } from './balance.js';

let runs = 0;
const anyDeliveries = deliveries(() => `r${++runs}x`);

let books: TestBooks;
let reference: TestBooks;
beforeAll(async () => {
  [books, reference] = [await TestBooks.open('books'), await TestBooks.open('reference')];
});
afterAll(async () => {
  await books.test.drop();
  await reference.test.drop();
});

/** What each account comes to, posted and pending; accounts at zero left out. */
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
  it('come out the same for any order, duplication and batching, and are rolled up without a loss', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyDeliveries,
        fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 30, maxLength: 30 }),
        async ({ inOrder, anyhow }, sizes) => {
          await reference.run(...inOrder);
          const rest = [...anyhow];
          for (const size of sizes) {
            // Beside the roll-up, as in life.
            await Promise.all([books.run(...rest.splice(0, size)), size > 4 ? books.balances.rollUp() : undefined]);
          }
          await books.run(...rest);

          const balances = await books.balances.balances();
          expect(net(balances)).toEqual(net(await reference.balances.balances()));
          for (const { sumMinor, suspenseMinor } of summary(balances).currencies) {
            expect([sumMinor, suspenseMinor]).toEqual([0, 0]);
          }
        },
      ),
      { numRuns: 25 },
    );
    await books.balances.rollUp();
    expect(await books.balances.miscounted()).toEqual([]);
    expect(net(await books.balances.balances())).toEqual(net(await reference.balances.balances()));
  });

  it('never lose to the roll-up what a slow transaction wrote before it committed', async () => {
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
