import type { Instant } from '#clock';
import { errorEnvelope, type Answer } from '../http/stripe-error.js';
import { jsonText } from '../http/json-text.js';
import { chargeObject } from './charge-object.js';
import type { OpenedCharge } from './charge.js';
import { failureOf } from './failure.js';

/** What `POST /v1/charges` answers for a charge in this state: the charge, or a 402 that names it. */
export function createAnswer(charge: OpenedCharge, expand: readonly string[], now: Instant): Answer {
  if (charge.state !== 'failed') return { status: 200, body: jsonText(chargeObject(charge, expand, now)) };
  const { code, declineCode, message } = failureOf(charge.ending);
  return {
    status: 402,
    body: errorEnvelope({
      type: 'card_error',
      code,
      ...(declineCode !== null && { decline_code: declineCode }),
      message,
      charge: charge.opening.id,
    }),
  };
}
