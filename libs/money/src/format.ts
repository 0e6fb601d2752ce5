import { currencies } from './currencies.js';
import type { Money } from './money.js';

/** Text for messages: `10.00 usd`, `500 jpy`. */
export function formatMoney({ amountMinor, currency }: Money): string {
  const { decimals } = currencies[currency];
  return `${(amountMinor / 10 ** decimals).toFixed(decimals)} ${currency}`;
}
