import { ledger } from '#contracts';
import { become, stepsOn, unchanged } from '#saga';
import { authorizations, release } from './authorization.js';

/** Compensates the authorization: the ledger will not hold the money, so the bank gets it back. */
export const onHoldRefused = stepsOn(authorizations)({
  on: ledger.holdRefused,
  idOf: (event) => event.chargeId,
  decide(authorization) {
    if (authorization.state !== 'authorized') return unchanged(authorization);
    return become(release(authorization, 'hold_refused', null));
  },
});
