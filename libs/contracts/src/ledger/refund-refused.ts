import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, chargeId, refundId, refundRefusal } from '../fields.js';

export const refundRefused = defineEvent({
  producer: 'ledger',
  name: 'refund_refused',
  version: 1,
  meaning: 'The merchant cannot afford the refund: no bank is asked.',
  subject: ({ refundId }) => refundId,
  schema: z.strictObject({
    refundId,
    chargeId,
    account,
    amount,
    reason: refundRefusal,
  }),
});
export type RefundRefused = z.infer<typeof refundRefused.schema>;
