import { z } from 'zod';
import { bank } from '../fields.js';
import { defineRefundEvent, refundHead } from '../refund-event.js';

export const refundSucceeded = defineRefundEvent({
  producer: 'bank',
  name: 'refund_succeeded',
  version: 1,
  meaning: 'The bank gave the amount back to the cardholder.',
  schema: refundHead.extend({
    bank,
    /** The bank's own id of the refund. */
    bankRefundId: z.string(),
  }),
});
export type RefundSucceeded = z.infer<typeof refundSucceeded.schema>;
