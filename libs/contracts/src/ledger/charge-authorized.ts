import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, chargeId } from '../fields.js';

export const chargeAuthorized = defineEvent({
  producer: 'ledger',
  reader: 'payments-api',
  name: 'charge_authorized',
  version: 1,
  meaning: 'The ledger holds the amount of a manual capture. Carries all that the merchant’s view needs.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    /** Milliseconds since the epoch. */
    heldAt: z.int(),
  }),
});
export type ChargeAuthorized = z.infer<typeof chargeAuthorized.schema>;
