import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { add, feeOn, formatMoney, money, subtract, usd } from './index.js';

describe('money', () => {
  it('rejects anything but an integer of minor units', () => {
    expect(() => usd(10.5)).toThrow('integer of minor units');
    expect(() => usd(Number.NaN)).toThrow('integer of minor units');
    expect(() => usd(2 ** 53)).toThrow('integer of minor units');
  });

  it('has no sum over two currencies', () => {
    expect(() => add(usd(1), money(1, 'eur'))).toThrow('two currencies');
  });

  it('subtracts an added amount', () => {
    const amounts = fc.integer({ min: 0, max: 1e9 });
    fc.assert(fc.property(amounts, amounts, (a, b) => expect(subtract(add(usd(a), usd(b)), usd(b))).toEqual(usd(a))));
  });

  it('writes zero-decimal currencies without a point', () => {
    expect(formatMoney(money(500, 'jpy'))).toBe('500 jpy');
    expect(formatMoney(usd(1005))).toBe('10.05 usd');
  });
});

describe('the fee', () => {
  it('is 2.9 % half up plus the fixed part', () => {
    expect(feeOn(usd(1000))).toEqual(usd(29 + 30));
    expect(feeOn(usd(50))).toEqual(usd(1 + 30)); // 1.45 rounds down
    expect(feeOn(usd(500))).toEqual(usd(15 + 30)); // 14.5 rounds up
    expect(feeOn(money(1000, 'jpy'))).toEqual(money(29 + 40, 'jpy'));
  });

  it('never shrinks as the amount grows', () => {
    const amounts = fc.integer({ min: 1, max: 99_999_998 });
    fc.assert(
      fc.property(amounts, (a) =>
        expect(feeOn(usd(a + 1)).amountMinor).toBeGreaterThanOrEqual(feeOn(usd(a)).amountMinor),
      ),
    );
  });
});
