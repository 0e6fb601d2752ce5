import { z } from 'zod';
import { expand } from '../../protocol/expand.js';
import { hash, integer, oneOf, refusedParameter, text, unknownObject } from '../../protocol/parameter-schemas.js';
import { invalidRequest } from '../../protocol/stripe-error.js';
import { refundReasons } from '../charge/refund.js';
import { metadataChanges, newMetadata, offOfConnect } from './charge-details.js';

/** Of payment methods that need a customer's help; cards do not. */
const ofOtherMethods = refusedParameter((param) =>
  invalidRequest(`${param} has no meaning for a refund to a card.`, { param }),
);

/** A valid `POST /v1/refunds`. */
export const refundParameters = hash(
  z.object({
    refund_application_fee: offOfConnect,
    reverse_transfer: offOfConnect,
    currency: ofOtherMethods,
    customer: ofOtherMethods,
    instructions_email: ofOtherMethods,
    origin: ofOtherMethods,
    payment_intent: unknownObject('payment_intent'),
    charge: text({ max: 255 }),
    amount: integer({ min: 1 }).optional(),
    reason: oneOf(refundReasons).nullable().default(null),
    metadata: newMetadata.default({}),
    expand: expand('refund'),
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

/** A valid `POST /v1/refunds/:id`. */
export const refundUpdateParameters = hash(
  z.object({ expand: expand('refund'), metadata: metadataChanges.optional() }),
);
export type RefundUpdateParameters = z.output<typeof refundUpdateParameters>;
