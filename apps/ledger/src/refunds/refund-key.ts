/**
 * A refund is asked for by all that decides about it: when it is new, its charge says how much may go back,
 * and its merchant's account in that currency whether it can be afforded. No id contains a space.
 */
export const refundKey = (event: {
  refundId: string;
  chargeId: string;
  account: string;
  amount: { currency: string };
}): string => [event.refundId, event.chargeId, event.account, event.amount.currency].join(' ');

/** All but the first are empty when only a key is known, as for an event that cannot be read. */
export function partsOfRefundKey(key: string): {
  refundId: string;
  chargeId: string;
  account: string;
  currency: string;
} {
  const [refundId = '', chargeId = '', account = '', currency = ''] = key.split(' ');
  return { refundId, chargeId, account, currency };
}
