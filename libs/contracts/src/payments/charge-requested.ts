import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, captureMethod, card, chargeId } from '../fields.js';

export const chargeRequested = defineEvent({
  producer: 'payments',
  reader: 'bank-gateway',
  name: 'charge_requested',
  version: 1,
  meaning: 'A merchant charges a card; no bank has a request yet.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    capture: captureMethod,
    card,
    /** The charge's fault token, if any, which aims a fault at this charge alone. */
    fault: z.string().nullable(),
  }),
});
export type ChargeRequested = z.infer<typeof chargeRequested.schema>;
