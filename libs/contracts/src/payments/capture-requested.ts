import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, chargeId } from '../fields.js';

export const captureRequested = defineEvent({
  producer: 'payments',
  reader: 'bank-gateway',
  name: 'capture_requested',
  version: 1,
  meaning: 'The merchant captures all or a part of an authorization; the rest is released.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
  }),
});
export type CaptureRequested = z.infer<typeof captureRequested.schema>;
