import { currencyCodes } from '#money';
import { z } from 'zod';
import { bankNames, brands, instrumentBehaviors } from './bank-protocol/index.js';

export const chargeId = z.string().startsWith('ch_');
export const refundId = z.string().startsWith('re_');
export const account = z.string().startsWith('acct_');
/** The id of a new account: safe in a path, and within the bank protocol's limits. Older events may have others. */
export const newAccount = z.string().regex(/^acct_[\w-]{1,59}$/);

export const amount = z.strictObject({
  amountMinor: z.int().positive(),
  currency: z.enum(currencyCodes),
});

/** A card without its number, which never leaves the API. */
export const card = z.strictObject({
  brand: z.enum(brands),
  last4: z.string().length(4),
  expMonth: z.int(),
  expYear: z.int(),
  /** A keyed hash (HMAC) of the number: equal for equal cards. */
  fingerprint: z.string(),
  /** The behavior of this test card at a bank. */
  behavior: z.enum(instrumentBehaviors),
});
export type Card = z.infer<typeof card>;

export const captureMethod = z.enum(['automatic', 'manual']);

export const bank = z.enum(bankNames);

/** A kind of performance at a bank. */
export const movement = z.enum(['authorization', 'capture', 'refund']);
export type Movement = z.infer<typeof movement>;

/** Why an authorization was voided. */
export const releaseCause = z.enum(['hold_refused', 'capture_failed', 'canceled', 'expired']);
export type ReleaseCause = z.infer<typeof releaseCause>;

export const holdRefusal = z.enum(['account_frozen', 'open_holds_cap', 'fault_token']);
export type HoldRefusal = z.infer<typeof holdRefusal>;

/** Why the ledger refuses a refund. */
export const refundRefusal = z.enum(['insufficient_balance', 'not_captured', 'exceeds_captured']);
export type RefundRefusal = z.infer<typeof refundRefusal>;

/** Canceled by the merchant, or expired. */
export const cancellationCause = z.enum(['canceled', 'expired']);
export type CancellationCause = z.infer<typeof cancellationCause>;
