import { currencyCodes } from '#money';
import { z } from 'zod';
import { bankNames, brands, instrumentBehaviors } from './bank-protocol/index.js';

export const chargeId = z.string().startsWith('ch_');
export const account = z.string().startsWith('acct_');

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

/** Why an authorization was given back. */
export const releaseCause = z.enum(['hold_refused', 'capture_failed']);
export type ReleaseCause = z.infer<typeof releaseCause>;

export const holdRefusal = z.enum(['account_frozen', 'open_holds_cap', 'fault_token']);
export type HoldRefusal = z.infer<typeof holdRefusal>;
