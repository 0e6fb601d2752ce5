import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, chargeId } from '../fields.js';

export const chargePosted = defineEvent({
  producer: 'ledger',
  reader: 'payments-api',
  name: 'charge_posted',
  version: 1,
  meaning: 'The ledger posted the capture and took the fee. Carries all that the merchant’s view needs.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    fee: amount,
    /** Milliseconds since the epoch, from which the amount is available. */
    availableOn: z.int(),
    postedAt: z.int(),
    balanceTransactionId: z.string().startsWith('txn_'),
  }),
});
export type ChargePosted = z.infer<typeof chargePosted.schema>;
