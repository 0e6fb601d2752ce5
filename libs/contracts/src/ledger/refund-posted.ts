import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, chargeId, refundId } from '../fields.js';

export const refundPosted = defineEvent({
  producer: 'ledger',
  name: 'refund_posted',
  version: 1,
  meaning: 'The refund left the merchant’s balance. Carries all that the merchant’s view needs.',
  subject: ({ refundId }) => refundId,
  schema: z.strictObject({
    refundId,
    chargeId,
    account,
    amount,
    /** Both milliseconds since the epoch. */
    postedAt: z.int(),
    availableOn: z.int(),
    balanceTransactionId: z.string().startsWith('txn_'),
  }),
});
export type RefundPosted = z.infer<typeof refundPosted.schema>;
