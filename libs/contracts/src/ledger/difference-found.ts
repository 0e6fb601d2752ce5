import { z } from 'zod';
import { defineKeyedEvent } from '../event.js';
import { amount, bank, movement } from '../fields.js';

export const differenceFound = defineKeyedEvent({
  producer: 'ledger',
  reader: 'bank-gateway',
  name: 'difference_found',
  version: 1,
  meaning: 'A bank’s statement and the ledger disagree on one movement.',
  key: (difference) => difference.chargeId,
  subject: ({ differenceId, repetition }) => (repetition ? `${differenceId}.${repetition}` : differenceId),
  schema: z.strictObject({
    /** A natural key: bank, bank id and kind. */
    differenceId: z.string(),
    /** How often it was emitted before. A consumer that could not resolve it gets it again. */
    repetition: z.int().positive().optional(),
    /** An operator handles `undone_at_bank` (the bank has undone a transfer's movement) and `unknown_to_bank`. */
    kind: z.enum(['unknown_to_ledger', 'unknown_to_bank', 'undone_at_bank', 'amount_differs']),
    bank,
    movement,
    /** The bank's or the ledger's name of the charge, possibly unknown. */
    chargeId: z.string(),
    account: z.string(),
    /** Null if the bank does not have the movement. */
    bankId: z.string().nullable(),
    /** The reference of its request; null if the bank does not have the movement. */
    reference: z.string().nullable(),
    amount,
  }),
});
export type DifferenceFound = z.infer<typeof differenceFound.schema>;
