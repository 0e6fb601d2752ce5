import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, bank, chargeId } from '../fields.js';

export const captureCompensated = defineEvent({
  producer: 'bank',
  reader: 'ledger',
  name: 'capture_compensated',
  version: 1,
  meaning: 'The bank refunded a capture whose charge had ended.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    bank,
    /** The bank id of that refund. */
    bankRefundId: z.string(),
  }),
});
export type CaptureCompensated = z.infer<typeof captureCompensated.schema>;
