import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, captureMethod, chargeId } from '../fields.js';

export const holdPlaced = defineEvent({
  producer: 'ledger',
  reader: 'bank-gateway',
  name: 'hold_placed',
  version: 1,
  meaning: 'The ledger holds the amount for the merchant: the gateway may capture.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    capture: captureMethod,
  }),
});
export type HoldPlaced = z.infer<typeof holdPlaced.schema>;
