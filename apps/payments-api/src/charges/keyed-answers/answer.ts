import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import { intentOfSubject, type Subject } from '../../idempotency/key.js';
import { intentAnswer } from '../../payment-intents/answers/intent-answer.js';
import type { PaymentIntent } from '../../payment-intents/intent/payment-intent.js';
import type { ApiResponse } from '../../protocol/stripe-error.js';
import { captureAnswer, createAnswer } from '../answers/charge-answer.js';
import { refundAnswer } from '../answers/refund-answer.js';
import type { OpenedCharge } from '../charge/charge.js';
import { knownRefund } from '../charge/refunds-of-charge.js';

/**
 * Renders the answer of one idempotency key from the current charge.
 *
 * @param intent the charge's own; null when it has none
 */
export function answerAbout(
  charge: OpenedCharge,
  intent: PaymentIntent | null,
  subject: Subject,
  expand: readonly string[],
  now: Instant,
): ApiResponse {
  if (subject === null) return createAnswer(charge, expand, now);
  if (subject === 'capture') return captureAnswer(charge, expand, now);
  const ofIntent = intentOfSubject(subject);
  if (ofIntent) {
    assert(intent?.id === ofIntent.id, 'a key that asked for an intent was claimed together with it');
    return intentAnswer(intent, charge, ofIntent.asked, expand, now);
  }
  const refund = knownRefund(charge.refunds, subject);
  assert(refund, 'a key that asked for a refund was claimed together with it');
  return refundAnswer(charge, refund, expand, now);
}
