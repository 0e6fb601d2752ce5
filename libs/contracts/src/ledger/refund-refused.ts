import type { z } from 'zod';
import { refundRefusal } from '../fields.js';
import { defineRefundEvent, refundHead } from '../refund-event.js';

export const refundRefused = defineRefundEvent({
  producer: 'ledger',
  reader: 'payments-api',
  name: 'refund_refused',
  version: 1,
  meaning: 'The ledger refused the refund: no bank gets a request.',
  schema: refundHead.extend({
    reason: refundRefusal,
  }),
});
export type RefundRefused = z.infer<typeof refundRefused.schema>;
