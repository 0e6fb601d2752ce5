import type { z } from 'zod';
import { defineRefundEvent, refundHead } from '../refund-event.js';

export const refundRequested = defineRefundEvent({
  producer: 'payments',
  name: 'refund_requested',
  version: 1,
  meaning: 'The merchant gives back this much of a captured charge; nothing has been set aside for it yet.',
  schema: refundHead,
});
export type RefundRequested = z.infer<typeof refundRequested.schema>;
