import { ledger } from '#contracts';
import { stepsOn, unchanged } from '#saga';
import { authorizations } from './authorization.js';
import { compensate } from './refund.js';

/** Compensates a capture whose charge had ended in the books: the bank gives all of it back to the cardholder. */
export const onCaptureSuspended = stepsOn(authorizations)({
  on: ledger.captureSuspended,
  idOf: (event) => event.chargeId,
  decide(authorization, event) {
    // Anything but the recorded capture is a stray, which reconciliation undoes by a reversal: never both.
    if (authorization.state !== 'captured' || authorization.bankCaptureId !== event.bankCaptureId)
      return unchanged(authorization);
    return compensate(authorization);
  },
});
