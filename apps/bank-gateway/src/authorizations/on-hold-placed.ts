import { ledger } from '#contracts';
import { stepsOn, unchanged } from '#saga';
import { authorizations, capture } from './authorization.js';

/** The books are ready for the money: capture it, unless the merchant wants to say when. */
export const onHoldPlaced = stepsOn(authorizations)({
  on: ledger.holdPlaced,
  idOf: (event) => event.chargeId,
  decide(authorization, event) {
    if (authorization.state !== 'authorized' || event.capture === 'manual') return unchanged(authorization);
    return capture(authorization, authorization.terms.amount);
  },
});
