import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, bank, chargeId } from '../fields.js';

export const captureCompensated = defineEvent({
  producer: 'bank',
  name: 'capture_compensated',
  version: 1,
  meaning: 'A capture whose charge had ended was refunded at the bank: it is as if it had not been.',
  schema: z.strictObject({
    chargeId,
    account,
    amount,
    bank,
    /** The bank's own id of the refund that undid it. */
    bankRefundId: z.string(),
  }),
});
export type CaptureCompensated = z.infer<typeof captureCompensated.schema>;
