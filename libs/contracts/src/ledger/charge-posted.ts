import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, chargeId } from '../fields.js';

export const chargePosted = defineEvent({
  producer: 'ledger',
  name: 'charge_posted',
  version: 1,
  meaning: 'The money is the merchant’s: capture posted, fee taken. Carries all that the merchant’s view needs.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    fee: amount,
    /** Milliseconds since the epoch; the merchant may be paid out from then on. */
    availableOn: z.int(),
    postedAt: z.int(),
    balanceTransactionId: z.string().startsWith('txn_'),
  }),
});
export type ChargePosted = z.infer<typeof chargePosted.schema>;
