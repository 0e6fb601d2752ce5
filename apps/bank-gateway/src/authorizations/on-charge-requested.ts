import { payments } from '#contracts';
import { stepsOn, unchanged } from '#saga';
import { authorizations, authorize } from './authorization.js';

/** A merchant wants money from a card: ask the best bank of its network to set it aside. */
export const onChargeRequested = stepsOn(authorizations)({
  on: payments.chargeRequested,
  idOf: (event) => event.chargeId,
  decide(authorization, event) {
    if (authorization.state !== 'none') return unchanged(authorization);
    return authorize({ terms: event, operations: [] }, authorization.banks);
  },
});
