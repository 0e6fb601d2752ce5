import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, bank, chargeId } from '../fields.js';

export const authorizationDeclined = defineEvent({
  producer: 'bank',
  name: 'authorization_declined',
  version: 1,
  meaning: 'The bank said no to this card: a business outcome, not a fault.',
  schema: z.strictObject({
    chargeId,
    account,
    bank,
    /** The bank’s word for it: one of the behaviours of a test card. */
    code: z.string(),
  }),
});
export type AuthorizationDeclined = z.infer<typeof authorizationDeclined.schema>;
