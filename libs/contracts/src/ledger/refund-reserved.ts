import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, chargeId, refundId } from '../fields.js';

export const refundReserved = defineEvent({
  producer: 'ledger',
  name: 'refund_reserved',
  version: 1,
  meaning: 'The amount is set aside from the merchant’s balance: the bank may give it back.',
  subject: ({ refundId }) => refundId,
  schema: z.strictObject({
    refundId,
    chargeId,
    account,
    amount,
  }),
});
export type RefundReserved = z.infer<typeof refundReserved.schema>;
