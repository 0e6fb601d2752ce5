import assert from 'node:assert/strict';
import { currencies, type Currency } from './currencies.js';

/** An amount in the currency's smallest unit (cents; whole yen). Always a safe integer, never a float. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: Currency;
}

export function money(amountMinor: number, currency: Currency): Money {
  assert(Number.isSafeInteger(amountMinor), `an amount must be an integer of minor units, not ${amountMinor}`);
  return { amountMinor, currency };
}

export const usd = (amountMinor: number): Money => money(amountMinor, 'usd');

/** @throws AssertionError when the currencies differ: amounts of two currencies have no sum. */
export function add(a: Money, b: Money): Money {
  assert.equal(a.currency, b.currency, 'cannot add amounts of two currencies');
  return money(a.amountMinor + b.amountMinor, a.currency);
}

/** @throws AssertionError when the currencies differ. */
export function subtract(a: Money, b: Money): Money {
  assert.equal(a.currency, b.currency, 'cannot subtract amounts of two currencies');
  return money(a.amountMinor - b.amountMinor, a.currency);
}

/** The largest amount of one charge, in minor units of any currency: eight digits, as at Stripe. */
export const MAX_AMOUNT_MINOR = 99_999_999;

/** The smallest amount that may be charged, after Stripe's table of minimum charge amounts. */
export function minimumCharge(currency: Currency): Money {
  return money(currencies[currency].minimumMinor, currency);
}
