import { z } from 'zod';
import { defineKeyedEvent } from '../event.js';
import { amount, bank, movement } from '../fields.js';

export const differenceFound = defineKeyedEvent({
  producer: 'ledger',
  name: 'difference_found',
  version: 1,
  meaning: 'A bank’s statement and the books do not agree about one movement.',
  key: (difference) => difference.chargeId,
  subject: ({ differenceId, repetition }) => (repetition ? `${differenceId}.${repetition}` : differenceId),
  schema: z.strictObject({
    /** Natural: bank, bank id and kind. The same difference is found once. */
    differenceId: z.string(),
    /** How often it was said before, and still stands: who could do nothing about it then is asked anew. */
    repetition: z.int().positive().optional(),
    /** `undone_at_bank`: the bank has given back what stands in the books; for a person, like `unknown_to_bank`. */
    kind: z.enum(['unknown_to_ledger', 'unknown_to_bank', 'undone_at_bank', 'amount_differs']),
    bank,
    movement,
    /** As the bank or the books name it: possibly an unknown charge. */
    chargeId: z.string(),
    account: z.string(),
    /** Null when the bank knows nothing of it. */
    bankId: z.string().nullable(),
    /** Under which it was asked for; null when the bank knows nothing of it. */
    reference: z.string().nullable(),
    amount,
  }),
});
export type DifferenceFound = z.infer<typeof differenceFound.schema>;
