import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, bank, chargeId } from '../fields.js';

export const cancellationRefused = defineEvent({
  producer: 'bank',
  reader: 'payments-api',
  name: 'cancellation_refused',
  version: 1,
  meaning: 'A capture came first, so there is no authorization left to void.',
  schema: z.strictObject({
    chargeId,
    account,
    bank,
  }),
});
export type CancellationRefused = z.infer<typeof cancellationRefused.schema>;
