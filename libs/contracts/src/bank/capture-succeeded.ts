import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, bank, chargeId } from '../fields.js';

export const captureSucceeded = defineEvent({
  producer: 'bank',
  reader: 'ledger',
  name: 'capture_succeeded',
  version: 1,
  meaning: 'The bank captured the amount.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    bank,
    /** The bank id of the capture. */
    bankCaptureId: z.string(),
  }),
});
export type CaptureSucceeded = z.infer<typeof captureSucceeded.schema>;
