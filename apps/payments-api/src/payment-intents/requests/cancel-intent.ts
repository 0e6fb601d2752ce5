import { intentOf } from '../../charges/charge/refund-of-intent.js';
import { pendingCancellation } from '../../charges/charge/pending.js';
import { requestCancellation } from '../../charges/requests/create-refund.js';
import { refused, type DecideIntent } from '../../charges/requests/charge-request.js';
import type { Claim } from '../../idempotency/key.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { intentLockTimeout, isCancelable, notCancelable } from '../answers/intent-errors.js';
import { shownIntent } from '../answers/intent-answer.js';
import { changeIntent } from '../intent/payment-intent.js';
import type { IntentCancelParameters } from '../parameters/intent-parameters.js';
import { afterAttempt, statusOf } from '../state/intent-status.js';
import { ownIntent } from '../state/own-intent.js';

/**
 * Cancels an intent: at once, or with the void of its authorization, which its charge shows as a refund.
 *
 * @param refundId of the refund that gives the authorization back
 */
export function cancelIntent(
  claim: Pick<Claim, 'account' | 'key' | 'chargeId' | 'expand'>,
  intentId: string,
  refundId: string,
  { cancellation_reason: reason }: IntentCancelParameters,
): DecideIntent {
  return (latest, now, stored) => {
    const charged = ownIntent(stored, latest, claim.account);
    if (!charged) throw resourceMissing('payment_intent', intentId, 'intent');
    const { intent, charge } = charged;
    const status = statusOf(charged);
    // Not stored under the key: another request is on its way, and what comes of it decides.
    if (status === 'processing') throw intentLockTimeout(intentId);
    if (!isCancelable(charged)) return refused(notCancelable(charged, now));
    if (status !== 'requires_capture' || !charge) {
      const cancellation = { at: now, reason, charge: null };
      const canceled = changeIntent(intent, { ...afterAttempt(charged), authentication: null, cancellation });
      const answer = shownIntent({ intent: canceled, charge }, claim.expand, now);
      return { events: [], emit: [], intent: canceled, answer };
    }
    if (pendingCancellation(charge) || charge.opening.id !== claim.chargeId) throw intentLockTimeout(intentId);
    const { amount } = charge.opening;
    const opening = { id: refundId, amount, reason: null, openedAt: now, key: claim.key, ...intentOf(charge.opening) };
    const cancellation = { at: now, reason, charge: charge.opening.id };
    return {
      ...requestCancellation(charge, { opening, metadata: {} }),
      intent: changeIntent(intent, { cancellation }),
    };
  };
}
