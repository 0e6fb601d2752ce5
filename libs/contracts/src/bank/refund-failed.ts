import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, bank, chargeId, refundId } from '../fields.js';

export const refundFailed = defineEvent({
  producer: 'bank',
  name: 'refund_failed',
  version: 1,
  meaning: 'The bank refused the refund for good: nothing went back to the cardholder.',
  subject: ({ refundId }) => refundId,
  schema: z.strictObject({
    refundId,
    chargeId,
    account,
    amount,
    bank,
    code: z.string(),
  }),
});
export type RefundFailed = z.infer<typeof refundFailed.schema>;
