import type { Instant } from '#clock';
import { invalidRequest, type ApiResponse } from '../../protocol/stripe-error.js';
import { jsonText } from '../../protocol/json-text.js';
import { refundedCharge } from './charge-object.js';
import type { OpenedCharge } from '../charge/charge.js';
import { alreadyCaptured, notRefundable } from './state-errors.js';
import { refundObject } from './refund-object.js';
import type { ChargeRefund } from '../charge/refund.js';

/**
 * Answer of `POST /v1/refunds`: the refund, or an error if it could not begin. A refund that the bank refused is
 * answered as an object with status `failed`.
 */
export function refundAnswer(
  charge: OpenedCharge,
  refund: ChargeRefund,
  expand: readonly string[],
  now: Instant,
): ApiResponse {
  const { end } = refund;
  const { id } = charge.opening;
  if (end?.type === 'not_canceled') {
    return end.because === 'captured'
      ? alreadyCaptured(id, ' It was captured before its authorization could be given back: refund it once more.')
          .answer
      : notRefundable(id, 'it failed before its authorization could be given back.').answer;
  }
  if (end?.type === 'refused') {
    return end.reason === 'insufficient_balance'
      ? invalidRequest('Insufficient funds in your balance to refund this amount.', { code: 'balance_insufficient' })
          .answer
      : notRefundable(id, 'the books do not allow it.').answer;
  }
  return { status: 200, body: jsonText(refundOf(charge, refund, expand, now)) };
}

/** The refund object, with all that `expand` names. */
export function refundOf(charge: OpenedCharge, refund: ChargeRefund, expand: readonly string[], now: Instant): object {
  return refundObject(refund, refundedCharge(charge, now), expand, now);
}
