import type { z } from 'zod';
import { defineRefundEvent, refundHead } from '../refund-event.js';

export const refundReserved = defineRefundEvent({
  producer: 'ledger',
  reader: 'bank-gateway',
  name: 'refund_reserved',
  version: 1,
  meaning: 'The ledger reserved the amount from the merchant’s balance: the gateway may refund.',
  schema: refundHead,
});
export type RefundReserved = z.infer<typeof refundReserved.schema>;
