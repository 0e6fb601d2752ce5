import { formatMoney, minimumCharge, type Money } from '#money';
import { invalidRequest, type StripeError } from '../../protocol/stripe-error.js';

/** The error for an amount below the least that a card is charged in its currency, of a charge as of a capture. */
export function amountTooSmall({ amountMinor, currency }: Money, param = 'amount'): StripeError | undefined {
  const least = minimumCharge(currency);
  if (amountMinor >= least.amountMinor) return undefined;
  const message = `Amount must be at least ${formatMoney(least)}.`;
  return invalidRequest(message, { code: 'amount_too_small', param });
}
