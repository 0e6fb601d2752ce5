import { money } from '#money';
import { lapsesAt, pendingCancellation } from '../../charges/charge/pending.js';
import { amountTooSmall } from '../../charges/parameters/amount-too-small.js';
import { metadataAfter } from '../../protocol/metadata.js';
import { requestCapture } from '../../charges/requests/capture-charge.js';
import { refused, type DecideIntent } from '../../charges/requests/charge-request.js';
import type { Claim } from '../../idempotency/key.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import {
  captureOfIntentTooLarge,
  intentLockTimeout,
  lapsedIntent,
  notCapturableIntent,
} from '../answers/intent-errors.js';
import { changeIntent } from '../intent/payment-intent.js';
import type { IntentCaptureParameters } from '../parameters/intent-parameters.js';
import { statusOf } from '../state/intent-status.js';
import { ownIntent } from '../state/own-intent.js';

/** Requests the capture of an intent's authorization, or of a part; the rest is released. */
export function captureIntent(
  claim: Pick<Claim, 'account' | 'key' | 'chargeId'>,
  intentId: string,
  given: IntentCaptureParameters,
): DecideIntent {
  return (latest, now, stored) => {
    const charged = ownIntent(stored, latest, claim.account);
    if (!charged) throw resourceMissing('payment_intent', intentId, 'intent');
    const { intent, charge } = charged;
    const status = statusOf(charged);
    // Not stored under the key: another request is on its way, and what comes of it decides.
    if (status === 'processing' || (charge?.opening.id ?? null) !== claim.chargeId) throw intentLockTimeout(intentId);
    if (status !== 'requires_capture' || !charge) return refused(notCapturableIntent(charged, now));
    if (pendingCancellation(charge)) throw intentLockTimeout(intentId);
    const lapses = lapsesAt(charge);
    if (lapses !== null && now >= lapses) return refused(lapsedIntent(charged, now));
    const { amount } = charge.opening;
    const wanted = money(given.amount_to_capture ?? amount.amountMinor, amount.currency);
    if (wanted.amountMinor > amount.amountMinor) return refused(captureOfIntentTooLarge(charged, amount, now));
    const tooSmall = amountTooSmall(wanted, 'amount_to_capture');
    if (tooSmall) return refused(tooSmall);
    const { metadata, statement_descriptor_suffix: suffix } = given;
    const details = {
      ...intent.details,
      ...(metadata !== undefined && { metadata: metadataAfter(metadata, intent.details.metadata) }),
    };
    return {
      ...requestCapture(charge, {
        amount: wanted,
        key: claim.key,
        statementDescriptor: null,
        statementDescriptorSuffix: suffix,
      }),
      ...(metadata !== undefined && { intent: changeIntent(intent, { details }) }),
    };
  };
}
