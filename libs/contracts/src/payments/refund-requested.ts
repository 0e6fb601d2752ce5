import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, chargeId, refundId } from '../fields.js';

export const refundRequested = defineEvent({
  producer: 'payments',
  name: 'refund_requested',
  version: 1,
  meaning: 'The merchant gives back this much of a captured charge; nothing has been set aside for it yet.',
  subject: ({ refundId }) => refundId,
  schema: z.strictObject({
    refundId,
    chargeId,
    account,
    amount,
  }),
});
export type RefundRequested = z.infer<typeof refundRequested.schema>;
