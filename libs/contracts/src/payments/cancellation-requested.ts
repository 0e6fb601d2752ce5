import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, cancellationCause, chargeId } from '../fields.js';

export const cancellationRequested = defineEvent({
  producer: 'payments',
  reader: 'bank-gateway',
  name: 'cancellation_requested',
  version: 1,
  meaning: 'The merchant canceled the authorization, or it expired.',
  schema: z.strictObject({
    chargeId,
    account,
    cause: cancellationCause,
  }),
});
export type CancellationRequested = z.infer<typeof cancellationRequested.schema>;
