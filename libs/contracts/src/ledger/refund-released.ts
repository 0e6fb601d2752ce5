import { z } from 'zod';
import { defineRefundEvent, refundHead } from '../refund-event.js';

export const refundReleased = defineRefundEvent({
  producer: 'ledger',
  reader: 'payments-api',
  name: 'refund_released',
  version: 1,
  meaning: 'The bank refused the refund: the ledger released the reservation.',
  schema: refundHead.extend({
    /** The bank's refusal code. */
    code: z.string(),
  }),
});
export type RefundReleased = z.infer<typeof refundReleased.schema>;
