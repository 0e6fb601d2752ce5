import { currencies } from './currencies.js';
import { money, type Money } from './money.js';

const PERCENT_TIMES_TEN = 29;

/**
 * What the platform keeps of a captured amount: 2.9 %, rounded half up to a minor unit, plus a fixed part
 * per currency (30 for usd). It may exceed a small amount, and it is kept when the charge is refunded.
 */
export function feeOn(captured: Money): Money {
  const proportional = Math.floor((captured.amountMinor * PERCENT_TIMES_TEN + 500) / 1000);
  return money(proportional + currencies[captured.currency].fixedFeeMinor, captured.currency);
}
