import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, bank, chargeId, releaseCause } from '../fields.js';

export const authorizationVoided = defineEvent({
  producer: 'bank',
  name: 'authorization_voided',
  version: 1,
  meaning: 'The bank gave the authorization back to the cardholder: nothing is set aside any more.',
  schema: z.strictObject({
    chargeId,
    account,
    bank,
    cause: releaseCause,
    /** The bank's refusal of the capture, when that is the cause. */
    refusalCode: z.string().nullable(),
  }),
});
export type AuthorizationVoided = z.infer<typeof authorizationVoided.schema>;
