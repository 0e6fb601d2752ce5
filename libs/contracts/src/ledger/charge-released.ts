import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, chargeId, holdRefusal, releaseCause } from '../fields.js';

export const chargeReleased = defineEvent({
  producer: 'ledger',
  reader: 'payments-api',
  name: 'charge_released',
  version: 1,
  meaning: 'The charge ended without money: neither the bank nor the ledger holds an amount.',
  schema: z.strictObject({
    chargeId,
    account,
    cause: releaseCause,
    holdRefusal: holdRefusal.nullable(),
    refusalCode: z.string().nullable(),
  }),
});
export type ChargeReleased = z.infer<typeof chargeReleased.schema>;
