import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, bank, chargeId } from '../fields.js';

export const captureFailed = defineEvent({
  producer: 'bank',
  name: 'capture_failed',
  version: 1,
  meaning: 'The bank refused the capture; the gateway voids the authorization.',
  schema: z.strictObject({
    chargeId,
    account,
    bank,
    code: z.string(),
  }),
});
export type CaptureFailed = z.infer<typeof captureFailed.schema>;
