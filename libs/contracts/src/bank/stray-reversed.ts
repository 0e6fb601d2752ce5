import { z } from 'zod';
import { defineEvent } from '../event.js';
import { account, amount, bank, chargeId, movement } from '../fields.js';

export const strayReversed = defineEvent({
  producer: 'bank',
  name: 'stray_reversed',
  version: 1,
  meaning: 'A movement that the bank performed without a request was reversed there, by its own id.',
  subject: ({ chargeId, bankId }) => `${chargeId}.${bankId}`,
  schema: z.strictObject({
    chargeId,
    account,
    bank,
    /** The bank's own id of what was undone. */
    bankId: z.string(),
    movement,
    amount,
    /** The bank's own id of the reversal. */
    reversalBankId: z.string(),
  }),
});
export type StrayReversed = z.infer<typeof strayReversed.schema>;
