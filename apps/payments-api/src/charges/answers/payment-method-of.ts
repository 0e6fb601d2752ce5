import type { Opening } from '../charge/charge.js';

/** A card that was given for one charge exists only inside it, so its id is derived from the charge's. */
export const cardIdOf = (chargeId: string): string => `card_${chargeId.slice('ch_'.length)}`;

/** The id of what was charged. */
export function paymentMethodOf({ id, paymentMethod }: Opening): string {
  return paymentMethod ?? cardIdOf(id);
}
