import { z } from 'zod';
import { defineRefundEvent, refundHead } from '../refund-event.js';

export const refundPosted = defineRefundEvent({
  producer: 'ledger',
  reader: 'payments-api',
  name: 'refund_posted',
  version: 1,
  meaning: 'The ledger posted the refund. Carries all that the merchant’s view needs.',
  schema: refundHead.extend({
    /** Both milliseconds since the epoch. */
    postedAt: z.int(),
    availableOn: z.int(),
    balanceTransactionId: z.string().startsWith('txn_'),
  }),
});
export type RefundPosted = z.infer<typeof refundPosted.schema>;
