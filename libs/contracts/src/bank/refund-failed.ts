import { z } from 'zod';
import { bank } from '../fields.js';
import { defineRefundEvent, refundHead } from '../refund-event.js';

export const refundFailed = defineRefundEvent({
  producer: 'bank',
  reader: 'ledger',
  name: 'refund_failed',
  version: 1,
  meaning: 'The bank refused the refund: no money went back to the cardholder.',
  schema: refundHead.extend({
    bank,
    code: z.string(),
  }),
});
export type RefundFailed = z.infer<typeof refundFailed.schema>;
