import { z } from 'zod';
import { expand } from '../../protocol/expand.js';
import { hash, integer, oneOf, refuse, refusedParameter, text } from '../../protocol/parameter-schemas.js';
import { missingParameter } from '../../protocol/parameter-errors.js';
import { invalidRequest, type StripeError } from '../../protocol/stripe-error.js';
import { refundReasons } from '../charge/refund.js';
import { metadataChanges, newMetadata } from '../../protocol/metadata.js';
import { offOfConnect } from './charge-details.js';

/** Of payment methods that need a customer's help; cards do not. */
const ofOtherMethods = refusedParameter((param) =>
  invalidRequest(`${param} has no meaning for a refund to a card.`, { param }),
);

/** Of refunds that are no refund of a charge to its card. */
const notOfCharge = {
  currency: ofOtherMethods,
  customer: ofOtherMethods,
  instructions_email: ofOtherMethods,
  origin: ofOtherMethods,
};

const wanted = {
  amount: integer({ min: 1 }).optional(),
  reason: oneOf(refundReasons).nullable().default(null),
  metadata: newMetadata.default({}),
  expand: expand('refund'),
};

const id = text({ max: 255 });

/** A valid `POST /v1/refunds`: of a charge, or of the charge that paid an intent. */
export const refundParameters = hash(
  z
    .object({
      refund_application_fee: offOfConnect,
      reverse_transfer: offOfConnect,
      ...notOfCharge,
      charge: id.optional(),
      payment_intent: id.optional(),
      ...wanted,
    })
    .superRefine(({ charge, payment_intent: intent }, findings) => {
      if (charge !== undefined && intent !== undefined) refuse(findings, chargeOrIntent, ['payment_intent']);
      if (charge === undefined && intent === undefined) refuse(findings, missingParameter, ['charge']);
    }),
).transform(({ charge, payment_intent, amount, reason, metadata, expand }) => ({
  of: charge === undefined ? { intentId: payment_intent! } : { chargeId: charge },
  /** Absent: all that is left. */
  amountMinor: amount,
  reason,
  metadata,
  expand,
}));
export type RefundParameters = z.output<typeof refundParameters>;

/** A valid `POST /v1/charges/:id/refunds`: the charge stands in the path. */
export const refundOfChargeParameters = hash(
  z.object({ refund_application_fee: offOfConnect, reverse_transfer: offOfConnect, ...wanted }),
).transform(({ amount, reason, metadata, expand }) => ({ amountMinor: amount, reason, metadata, expand }));
export type RefundOfChargeParameters = z.output<typeof refundOfChargeParameters>;

/** A valid `POST /v1/refunds/:id`. */
export const refundUpdateParameters = hash(
  z.object({ expand: expand('refund'), metadata: metadataChanges.optional() }),
);
export type RefundUpdateParameters = z.output<typeof refundUpdateParameters>;

function chargeOrIntent(param: string): StripeError {
  return invalidRequest("You may only specify one of these parameters: 'charge', 'payment_intent'.", {
    code: 'parameters_exclusive',
    param,
  });
}
