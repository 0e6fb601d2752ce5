import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, bank, chargeId } from '../fields.js';

export const authorizationFailed = defineEvent({
  producer: 'bank',
  reader: 'payments-api',
  name: 'authorization_failed',
  version: 1,
  meaning: 'No bank was available, or the authorization was reversed out of doubt: no bank holds the amount.',
  schema: z.strictObject({
    chargeId,
    account,
    /** Null if no bank of this card network was available. */
    bank: bank.nullable(),
    reason: z.enum(['no_bank_available', 'not_processed', 'reversed_out_of_doubt']),
  }),
});
export type AuthorizationFailed = z.infer<typeof authorizationFailed.schema>;
