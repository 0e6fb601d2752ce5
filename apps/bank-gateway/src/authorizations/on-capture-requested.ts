import { payments } from '#contracts';
import { stepsOn, unchanged } from '#saga';
import { authorizations, capture } from './authorization.js';

/** The merchant says when, and how much: capture it, unless the authorization was given back meanwhile. */
export const onCaptureRequested = stepsOn(authorizations)({
  on: payments.captureRequested,
  idOf: (event) => event.chargeId,
  decide(authorization, event) {
    if (authorization.state !== 'authorized') return unchanged(authorization);
    return capture(authorization, event.amount);
  },
});
