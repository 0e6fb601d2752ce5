import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, bank, chargeId } from '../fields.js';

export const cancellationRefused = defineEvent({
  producer: 'bank',
  name: 'cancellation_refused',
  version: 1,
  meaning: 'The capture was there first: there is no authorization left to give back.',
  schema: z.strictObject({
    chargeId,
    account,
    bank,
  }),
});
export type CancellationRefused = z.infer<typeof cancellationRefused.schema>;
