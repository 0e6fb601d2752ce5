import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, captureMethod, chargeId } from '../fields.js';

export const holdPlaced = defineEvent({
  producer: 'ledger',
  name: 'hold_placed',
  version: 1,
  meaning: 'The amount is pending for the merchant: it may be captured.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    capture: captureMethod,
  }),
});
export type HoldPlaced = z.infer<typeof holdPlaced.schema>;
