import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, chargeId, holdRefusal } from '../fields.js';

export const holdRefused = defineEvent({
  producer: 'ledger',
  reader: 'bank-gateway',
  name: 'hold_refused',
  version: 1,
  meaning: 'The ledger refused to hold the amount: the gateway voids the authorization.',
  schema: z.strictObject({
    chargeId,
    account,
    reason: holdRefusal,
  }),
});
export type HoldRefused = z.infer<typeof holdRefused.schema>;
