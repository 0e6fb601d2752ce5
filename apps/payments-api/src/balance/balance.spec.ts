import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { money, usd, type Currency } from '#money';
import { balanceObject, type BalancePart } from './balance.js';
import { netMinor, type BalanceTransaction } from './balance-transaction.js';
import { aChargeMoved, aRefundMoved, DAY_MS, testDay } from './testing/a-transaction.js';

interface Balance {
  object: string;
  livemode: boolean;
  available: { amount: number; currency: string; source_types: { card: number } }[];
  pending: Balance['available'];
}
const balance = (parts: readonly BalancePart[], now: number) => balanceObject(parts, now) as Balance;
const part = (transaction: BalanceTransaction): BalancePart => ({
  currency: transaction.currency,
  availableOn: transaction.availableOn,
  netMinor: netMinor(transaction),
});
/** `available pending`, of one currency. */
const sums = ({ available, pending }: Balance, currency: Currency = 'usd'): string =>
  [available, pending].map((list) => list.find((it) => it.currency === currency)?.amount).join(' ');

describe('a balance', () => {
  it('without any movement is zero dollars', () => {
    expect(balanceObject([], testDay)).toEqual({
      object: 'balance',
      livemode: false,
      available: [{ amount: 0, currency: 'usd', source_types: { card: 0 } }],
      pending: [{ amount: 0, currency: 'usd', source_types: { card: 0 } }],
    });
  });

  it('is pending, less the fee, until the very moment when it is available', () => {
    const charge = aChargeMoved({ rest: '1' });
    expect(charge.availableOn).toBe(testDay + 3 * DAY_MS);
    const at = (now: number) => sums(balance([part(charge)], now));
    expect(at(charge.createdAt)).toBe('0 941');
    expect(at(charge.availableOn - 1)).toBe('0 941');
    expect(at(charge.availableOn)).toBe('941 0');
  });

  it('gives a refund at once, out of what is available, though its charge waits', () => {
    const charge = aChargeMoved({ rest: '1' });
    const refund = aRefundMoved({ rest: '2', charge: '1' });
    const parts = [part(charge), part(refund)];
    expect(sums(balance(parts, refund.createdAt))).toBe('-1000 941');
    expect(sums(balance(parts, charge.availableOn))).toBe('-59 0');
  });

  it('keeps currencies apart, in order, and each in both lists', () => {
    const yen = aChargeMoved({ rest: '1', amount: money(500, 'jpy'), fee: money(55, 'jpy') });
    const dollars = aRefundMoved({ rest: '2', charge: '3', amount: usd(1) });
    const shown = balance([dollars, yen].map(part), testDay + DAY_MS);
    expect(shown.available).toEqual([
      { amount: 0, currency: 'jpy', source_types: { card: 0 } },
      { amount: -1, currency: 'usd', source_types: { card: -1 } },
    ]);
    // Yen has no decimals: nothing is divided by 100.
    expect(shown.pending[0]).toEqual({ amount: 445, currency: 'jpy', source_types: { card: 445 } });
  });

  it('is the same sum at any time, only ever moving from pending to available', () => {
    const anyPart = fc.record({
      currency: fc.constantFrom<Currency>('usd', 'jpy', 'eur'),
      availableOn: fc.integer({ min: testDay, max: testDay + 5 * DAY_MS }),
      netMinor: fc.integer({ min: -100_000, max: 100_000 }),
    });
    fc.assert(
      fc.property(fc.array(anyPart), fc.integer({ min: -1, max: 6 * DAY_MS }), (parts, after) => {
        const { available, pending } = balance(parts, testDay + after);
        for (const [place, { amount, currency }] of available.entries()) {
          const ours = parts.filter((it) => it.currency === currency);
          expect(amount + pending[place]!.amount).toBe(ours.reduce((sum, it) => sum + it.netMinor, 0));
          const passed = ours.filter(({ availableOn }) => availableOn <= testDay + after);
          expect(amount).toBe(passed.reduce((sum, it) => sum + it.netMinor, 0));
        }
      }),
    );
  });
});
