import { payments } from '#contracts';
import { stepsOn } from '#saga';
import { authorizations, cancel } from './authorization.js';

/** Compensates the authorization, which is not wanted any more: give it back, as soon as it is known to be there. */
export const onCancellationRequested = stepsOn(authorizations)({
  on: payments.cancellationRequested,
  idOf: (event) => event.chargeId,
  decide: (authorization, event) => cancel(authorization, event.cause),
});
