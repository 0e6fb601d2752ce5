import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, bank, chargeId, releaseCause } from '../fields.js';

export const authorizationVoided = defineEvent({
  producer: 'bank',
  reader: 'ledger',
  name: 'authorization_voided',
  version: 1,
  meaning: 'The bank voided the authorization and no longer holds the amount.',
  schema: z.strictObject({
    chargeId,
    account,
    bank,
    cause: releaseCause,
    /** The code of the refused capture, if that is the cause. */
    refusalCode: z.string().nullable(),
  }),
});
export type AuthorizationVoided = z.infer<typeof authorizationVoided.schema>;
