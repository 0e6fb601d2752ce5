import type { Instant } from '#clock';
import { errorEnvelope, type ApiResponse } from '../../protocol/stripe-error.js';
import { jsonText } from '../../protocol/json-text.js';
import { chargeObject } from './charge-object.js';
import type { FailedOutcome, OpenedCharge } from '../charge/charge.js';
import { failureOf } from '../charge/failure.js';
import { alreadyRefunded, expiredForCapture } from './state-errors.js';

/** Answer of `POST /v1/charges`: the charge, or a 402 with its id. */
export function createAnswer(charge: OpenedCharge, expand: readonly string[], now: Instant): ApiResponse {
  if (charge.state === 'failed') return failed(charge.opening.id, charge.ending);
  return { status: 200, body: jsonText(chargeObject(charge, expand, now)) };
}

/** Answer of a capture: the charge, the bank's refusal, or the error that a cancellation won. */
export function captureAnswer(charge: OpenedCharge, expand: readonly string[], now: Instant): ApiResponse {
  if (charge.state !== 'canceled') return createAnswer(charge, expand, now);
  const { id } = charge.opening;
  return (charge.ending.cause === 'expired' ? expiredForCapture(id) : alreadyRefunded(id)).answer;
}

function failed(charge: string, ending: FailedOutcome): ApiResponse {
  const { code, declineCode, message, param } = failureOf(ending);
  return {
    status: 402,
    body: errorEnvelope({
      type: 'card_error',
      code,
      ...(declineCode !== null && { decline_code: declineCode }),
      message,
      param,
      charge,
    }),
  };
}
