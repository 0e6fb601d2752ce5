import { z } from 'zod';
import { expand } from '../../protocol/expand.js';
import { hash, integer, oneOf, refusedParameter, text, unknownObject } from '../../protocol/parameter-schemas.js';
import { invalidRequest } from '../../protocol/stripe-error.js';
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
  payment_intent: unknownObject('payment_intent'),
};

const wanted = {
  amount: integer({ min: 1 }).optional(),
  reason: oneOf(refundReasons).nullable().default(null),
  metadata: newMetadata.default({}),
  expand: expand('refund'),
};

/** A valid `POST /v1/refunds`. */
export const refundParameters = hash(
  z.object({
    refund_application_fee: offOfConnect,
    reverse_transfer: offOfConnect,
    ...notOfCharge,
    charge: text({ max: 255 }),
    ...wanted,
  }),
).transform(({ charge, amount, reason, metadata, expand }) => ({
  chargeId: charge,
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
