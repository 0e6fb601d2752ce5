import { currencies } from './currencies.js';
import { money, type Money } from './money.js';

const PERCENT_TIMES_TEN = 29;

/**
 * The platform's fee: 2.9 % of the captured amount, rounded half up to a minor unit, plus a fixed part per currency (30
 * for usd). It may exceed a small amount. A refund does not return it.
 */
export function feeOn(captured: Money): Money {
  const proportional = Math.floor((captured.amountMinor * PERCENT_TIMES_TEN + 500) / 1000);
  return money(proportional + currencies[captured.currency].fixedFeeMinor, captured.currency);
}
