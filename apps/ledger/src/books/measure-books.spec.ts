import { expect, it } from '@jest/globals';
import { Metrics } from '#telemetry';
import { FakeClock } from '#testing';
import { bankReceivable, fees, merchant, suspense, type Account } from '../accounts/account.js';
import type { AccountBalance } from './balance.js';
import { measureBooks } from './measure-books.js';

const balance = (account: Account, debitsPostedMinor: number, creditsPostedMinor: number): AccountBalance => ({
  ...account,
  debitsPostedMinor,
  creditsPostedMinor,
  debitsPendingMinor: 0,
  creditsPendingMinor: 0,
});

it('the books show what is in suspense at each bank, and by how much debits and credits differ', async () => {
  const clock = new FakeClock();
  const metrics = new Metrics(clock);
  let posted = 1_000;
  let reads = 0;
  measureBooks(metrics, clock, async () => {
    reads++;
    return [
      balance(bankReceivable('cedar', 'usd'), 1_500, 0),
      balance(suspense('cedar', 'usd'), 0, 500),
      balance(merchant('acct_1', 'usd'), 0, posted - 59),
      balance(fees('usd'), 0, 59),
    ];
  });
  expect(await metrics.text()).toContain('ledger_unbalanced_minor_units{currency="usd"} 0');
  expect(await metrics.text()).toContain('ledger_suspense_minor_units{bank="cedar",currency="usd"} 500');
  posted = 990;
  expect(reads).toBe(1);
  await clock.advance(15_000);
  expect(await metrics.text()).toContain('ledger_unbalanced_minor_units{currency="usd"} 10');
});
