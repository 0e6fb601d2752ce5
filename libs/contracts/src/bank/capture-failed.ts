import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, bank, chargeId } from '../fields.js';

export const captureFailed = defineEvent({
  producer: 'bank',
  name: 'capture_failed',
  version: 1,
  meaning: 'The bank refused the capture for good: the authorization is being voided.',
  schema: z.strictObject({
    chargeId,
    account,
    bank,
    code: z.string(),
  }),
});
export type CaptureFailed = z.infer<typeof captureFailed.schema>;
