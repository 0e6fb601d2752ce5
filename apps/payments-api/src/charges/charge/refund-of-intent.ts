import type { Opening } from './charge.js';
import type { RefundOpening } from './refund.js';

/** What a refund shows of the intent that its charge is an attempt of. */
export function intentOf({
  paymentIntent,
  paymentMethod,
}: Opening): Pick<RefundOpening, 'paymentIntent' | 'paymentMethod'> {
  if (paymentIntent === null) return {};
  return { paymentIntent, ...(paymentMethod !== undefined && { paymentMethod }) };
}
