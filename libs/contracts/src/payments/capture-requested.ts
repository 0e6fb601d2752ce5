import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, chargeId } from '../fields.js';

export const captureRequested = defineEvent({
  producer: 'payments',
  name: 'capture_requested',
  version: 1,
  meaning: 'The merchant wants this much of an authorization; what is beyond it may be let go.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
  }),
});
export type CaptureRequested = z.infer<typeof captureRequested.schema>;
