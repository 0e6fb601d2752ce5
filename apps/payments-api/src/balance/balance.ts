import type { Instant } from '#clock';
import { usd, type Currency } from '#money';
import { isAvailable } from './balance-transaction.js';

/** Money of one currency that becomes available at one moment. */
export interface BalancePart {
  readonly currency: Currency;
  readonly availableOn: Instant;
  readonly netMinor: number;
}

/**
 * Stripe's balance object: each currency is in both lists, and an empty account shows zero usd.
 *
 * @param now on the account's clock
 */
export function balanceObject(parts: readonly BalancePart[], now: Instant): object {
  const sums = new Map<Currency, { available: number; pending: number }>();
  for (const part of parts) {
    const sum = sums.get(part.currency) ?? { available: 0, pending: 0 };
    sum[isAvailable(part, now) ? 'available' : 'pending'] += part.netMinor;
    sums.set(part.currency, sum);
  }
  if (sums.size === 0) sums.set(usd(0).currency, { available: 0, pending: 0 });
  const inOrder = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  const list = (which: 'available' | 'pending') =>
    inOrder.map(([currency, sum]) => ({ amount: sum[which], currency, source_types: { card: sum[which] } }));
  return { object: 'balance', available: list('available'), livemode: false, pending: list('pending') };
}
