import type { z } from 'zod';
import { defineRefundEvent, refundHead } from '../refund-event.js';

export const refundReserved = defineRefundEvent({
  producer: 'ledger',
  name: 'refund_reserved',
  version: 1,
  meaning: 'The amount is set aside from the merchant’s balance: the bank may give it back.',
  schema: refundHead,
});
export type RefundReserved = z.infer<typeof refundReserved.schema>;
