import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, bank, chargeId } from '../fields.js';

export const authorizationDeclined = defineEvent({
  producer: 'bank',
  reader: 'payments-api',
  name: 'authorization_declined',
  version: 1,
  meaning: 'The bank declined the card: a business outcome, not a fault.',
  schema: z.strictObject({
    chargeId,
    account,
    bank,
    /** The decline code: one of the behaviors of a test card. */
    code: z.string(),
  }),
});
export type AuthorizationDeclined = z.infer<typeof authorizationDeclined.schema>;
