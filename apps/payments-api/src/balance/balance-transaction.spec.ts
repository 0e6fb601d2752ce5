import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { money, usd } from '#money';
import { balanceTransactionObject, transactionIdOf, transactionOfCharge } from './balance-transaction.js';
import { aChargeMoved, aRefundMoved, DAY_MS, testDay } from './testing/a-transaction.js';

const charge = aChargeMoved({ rest: '00000000001' });
const refund = aRefundMoved({ rest: '00000000002', charge: '00000000001', amount: usd(400) });

function fieldsOfPackage(): string[] {
  const text = readFileSync('node_modules/stripe/esm/resources/BalanceTransactions.d.ts', 'utf8');
  const from = text.indexOf('export interface BalanceTransaction {');
  return [...text.slice(from, text.indexOf('\n}', from)).matchAll(/^ {4}([a-z_]+): /gm)].map(([, name]) => name!);
}

describe('a balance transaction', () => {
  it('has every field of the official package’s type', () => {
    expect(fieldsOfPackage().length).toBeGreaterThan(15);
    for (const transaction of [charge, refund]) {
      expect(Object.keys(balanceTransactionObject(transaction, null, testDay)).sort()).toEqual(
        fieldsOfPackage().sort(),
      );
    }
  });

  it('of a charge is what came in, what was kept and what is left', () => {
    expect(balanceTransactionObject(charge, 'Order 1', testDay)).toMatchObject({
      id: 'txn_00000000001',
      amount: 1000,
      fee: 59,
      net: 941,
      fee_details: [{ amount: 59, currency: 'usd', type: 'stripe_fee' }],
      source: 'ch_00000000001',
      type: 'charge',
      reporting_category: 'charge',
      description: 'Order 1',
      status: 'pending',
      created: (testDay + DAY_MS / 2) / 1000,
      available_on: (testDay + 3 * DAY_MS) / 1000,
    });
    expect(balanceTransactionObject(charge, null, charge.availableOn)).toMatchObject({
      status: 'available',
      description: null,
    });
  });

  it('of a refund takes money at once, and gives no fee back', () => {
    expect(balanceTransactionObject(refund, 'Order 1', refund.createdAt)).toMatchObject({
      id: 'txn_00000000002',
      amount: -400,
      fee: 0,
      net: -400,
      fee_details: [],
      source: 're_00000000002',
      type: 'refund',
      reporting_category: 'refund',
      description: 'REFUND FOR CHARGE (Order 1)',
      status: 'available',
    });
    expect(balanceTransactionObject(refund, null, testDay)).toMatchObject({ description: 'REFUND FOR CHARGE' });
  });

  it('may be less than its fee', () => {
    const small = aChargeMoved({ rest: '1', amount: money(50, 'jpy'), fee: money(51, 'jpy') });
    expect(balanceTransactionObject(small, null, testDay)).toMatchObject({ amount: 50, fee: 51, net: -1 });
  });

  it('that has to wait does so until a midnight', () => {
    const posting = { amount: usd(100), fee: usd(33), postedAt: testDay + 5, balanceTransactionId: 'txn_1' };
    const availableOn = (at: number) => transactionOfCharge('ch_1', { ...posting, availableOn: at }).availableOn;
    expect(availableOn(testDay + 2 * DAY_MS)).toBe(testDay + 2 * DAY_MS);
    expect(availableOn(testDay + 2 * DAY_MS + 1)).toBe(testDay + 3 * DAY_MS);
    expect(availableOn(testDay + 5)).toBe(testDay + 5);
  });

  it('has an id that follows from its source', () => {
    expect([charge, refund].map(({ source }) => transactionIdOf(source))).toEqual([charge.id, refund.id]);
  });
});
