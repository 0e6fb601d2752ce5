import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, bank, captureMethod, chargeId } from '../fields.js';

export const authorizationApproved = defineEvent({
  producer: 'bank',
  reader: 'ledger',
  name: 'authorization_approved',
  version: 1,
  meaning: 'A bank authorized the amount.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    capture: captureMethod,
    bank,
    /** The bank id of the authorization. */
    bankAuthorizationId: z.string(),
    fault: z.string().nullable(),
  }),
});
export type AuthorizationApproved = z.infer<typeof authorizationApproved.schema>;
