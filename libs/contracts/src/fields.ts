import { currencyCodes } from '#money';
import { z } from 'zod';
import { bankNames, brands, instrumentBehaviors } from './bank-protocol/index.js';

export const chargeId = z.string().startsWith('ch_');
export const refundId = z.string().startsWith('re_');
export const account = z.string().startsWith('acct_');
/** What a new account may be called: safe in a path, and within what banks take. Events may still name older ones. */
export const newAccount = z.string().regex(/^acct_[\w-]{1,59}$/);

export const amount = z.strictObject({
  amountMinor: z.int().positive(),
  currency: z.enum(currencyCodes),
});

/** What is left of a card behind the API's edge. The number itself travels nowhere. */
export const card = z.strictObject({
  brand: z.enum(brands),
  last4: z.string().length(4),
  expMonth: z.int(),
  expYear: z.int(),
  /** Keyed hash of the number: equal for equal cards, useless to find the number. */
  fingerprint: z.string(),
  /** How this test card behaves at a bank. */
  behavior: z.enum(instrumentBehaviors),
});
export type Card = z.infer<typeof card>;

export const captureMethod = z.enum(['automatic', 'manual']);

export const bank = z.enum(bankNames);

/** What a bank may have performed for a charge. */
export const movement = z.enum(['authorization', 'capture', 'refund']);
export type Movement = z.infer<typeof movement>;

/** Why an authorization was given back. */
export const releaseCause = z.enum(['hold_refused', 'capture_failed', 'canceled', 'expired']);
export type ReleaseCause = z.infer<typeof releaseCause>;

export const holdRefusal = z.enum(['account_frozen', 'open_holds_cap', 'fault_token']);
export type HoldRefusal = z.infer<typeof holdRefusal>;

/** Why a merchant's balance cannot be used for a refund. */
export const refundRefusal = z.enum(['insufficient_balance', 'not_captured', 'exceeds_captured']);
export type RefundRefusal = z.infer<typeof refundRefusal>;

/** Who gives up an authorization that was not captured: the merchant, or time. */
export const cancellationCause = z.enum(['canceled', 'expired']);
export type CancellationCause = z.infer<typeof cancellationCause>;
