import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, bank, chargeId, movement } from '../fields.js';

export const strayReversed = defineEvent({
  producer: 'bank',
  reader: 'ledger',
  name: 'stray_reversed',
  version: 1,
  meaning: 'The bank reversed a movement that no service had recorded.',
  subject: ({ chargeId, bankId }) => `${chargeId}.${bankId}`,
  schema: z.strictObject({
    chargeId,
    account,
    bank,
    /** The bank id of the reversed movement. */
    bankId: z.string(),
    movement,
    amount,
    /** The bank id of the reversal. */
    reversalBankId: z.string(),
  }),
});
export type StrayReversed = z.infer<typeof strayReversed.schema>;
