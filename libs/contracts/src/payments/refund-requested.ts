import type { z } from 'zod';
import { defineRefundEvent, refundHead } from '../refund-event.js';

export const refundRequested = defineRefundEvent({
  producer: 'payments',
  reader: 'ledger',
  name: 'refund_requested',
  version: 1,
  meaning: 'The merchant refunds all or a part of a captured charge; nothing is reserved yet.',
  schema: refundHead,
});
export type RefundRequested = z.infer<typeof refundRequested.schema>;
