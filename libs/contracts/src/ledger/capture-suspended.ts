import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, bank, chargeId } from '../fields.js';

export const captureSuspended = defineEvent({
  producer: 'ledger',
  reader: 'bank-gateway',
  name: 'capture_suspended',
  version: 1,
  meaning: 'The bank captured for a charge that had ended: the money is in suspense until the bank refunds it.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    bank,
    /** The bank id of the capture. */
    bankCaptureId: z.string(),
  }),
});
export type CaptureSuspended = z.infer<typeof captureSuspended.schema>;
