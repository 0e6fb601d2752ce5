import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, chargeId, refundId } from '../fields.js';

export const refundReleased = defineEvent({
  producer: 'ledger',
  name: 'refund_released',
  version: 1,
  meaning: 'The bank refused the refund: what was set aside is the merchant’s again.',
  subject: ({ refundId }) => refundId,
  schema: z.strictObject({
    refundId,
    chargeId,
    account,
    amount,
    /** The bank's word for it. */
    code: z.string(),
  }),
});
export type RefundReleased = z.infer<typeof refundReleased.schema>;
