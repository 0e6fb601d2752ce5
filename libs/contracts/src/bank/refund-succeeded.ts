import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, bank, chargeId, refundId } from '../fields.js';

export const refundSucceeded = defineEvent({
  producer: 'bank',
  name: 'refund_succeeded',
  version: 1,
  meaning: 'The bank gave the amount back to the cardholder.',
  subject: ({ refundId }) => refundId,
  schema: z.strictObject({
    refundId,
    chargeId,
    account,
    amount,
    bank,
    /** The bank's own id of the refund. */
    bankRefundId: z.string(),
  }),
});
export type RefundSucceeded = z.infer<typeof refundSucceeded.schema>;
