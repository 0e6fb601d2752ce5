import type { Instant } from '#clock';
import { failureOf } from '../../charges/charge/failure.js';
import type { OpenedCharge } from '../../charges/charge/charge.js';
import { jsonText } from '../../protocol/json-text.js';
import { cardError, type ApiResponse } from '../../protocol/stripe-error.js';
import type { IntentRequest } from '../../idempotency/key.js';
import type { FailedSetup, PaymentIntent } from '../intent/payment-intent.js';
import type { ChargedIntent } from '../state/intent-status.js';
import { intentObject } from './intent-object.js';
import { paymentMethodObject } from './payment-method-object.js';
import { notCancelable, notCapturableIntent } from './intent-errors.js';

export const shownIntent = (charged: ChargedIntent, expand: readonly string[], now: Instant): ApiResponse => ({
  status: 200,
  body: jsonText(intentObject(charged, expand, now)),
});

/** Of an attempt that ended before there was a charge. */
export function setupAnswer(charged: ChargedIntent, failed: FailedSetup, now: Instant): ApiResponse {
  const { code, declineCode, message, paymentMethod } = failed;
  return cardError({
    code,
    ...(declineCode !== null && { decline_code: declineCode }),
    message,
    payment_intent: intentObject(charged, [], now),
    payment_method: paymentMethodObject(paymentMethod),
  }).answer;
}

/**
 * Renders the answer of a request from its charge, which was the intent's latest when it was made.
 *
 * @param expand paths to render as objects instead of ids
 */
export function intentAnswer(
  intent: PaymentIntent,
  charge: OpenedCharge,
  asked: IntentRequest,
  expand: readonly string[],
  now: Instant,
): ApiResponse {
  const charged = { intent: { ...intent, latestCharge: charge.opening.id }, charge };
  if (charge.state === 'failed') {
    const { code, declineCode, message, param } = failureOf(charge.ending);
    const object = intentObject({ ...charged, intent: { ...charged.intent, isFailureSeen: false } }, expand, now);
    return cardError({
      code,
      ...(declineCode !== null && { decline_code: declineCode }),
      message,
      param,
      charge: charge.opening.id,
      payment_intent: object,
      ...(intent.paymentMethod && { payment_method: paymentMethodObject(intent.paymentMethod) }),
    }).answer;
  }
  if (asked === 'capture' && charge.state === 'canceled') return notCapturableIntent(charged, now).answer;
  if (asked === 'cancel' && charge.state === 'succeeded') return notCancelable(charged, now).answer;
  return shownIntent(charged, expand, now);
}
