import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, chargeId, holdRefusal } from '../fields.js';

export const holdRefused = defineEvent({
  producer: 'ledger',
  name: 'hold_refused',
  version: 1,
  meaning: 'The ledger will not hold this amount for this merchant: the bank has to take it back.',
  schema: z.strictObject({
    chargeId,
    account,
    reason: holdRefusal,
  }),
});
export type HoldRefused = z.infer<typeof holdRefused.schema>;
