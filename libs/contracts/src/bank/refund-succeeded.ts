import { z } from 'zod';
import { bank } from '../fields.js';
import { defineRefundEvent, refundHead } from '../refund-event.js';

export const refundSucceeded = defineRefundEvent({
  producer: 'bank',
  reader: 'ledger',
  name: 'refund_succeeded',
  version: 1,
  meaning: 'The bank refunded the amount to the cardholder.',
  schema: refundHead.extend({
    bank,
    /** The bank id of the refund. */
    bankRefundId: z.string(),
  }),
});
export type RefundSucceeded = z.infer<typeof refundSucceeded.schema>;
