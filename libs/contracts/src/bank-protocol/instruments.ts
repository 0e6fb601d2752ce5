import { z } from 'zod';
import { brandSchema } from './banks.js';

export const declineCodes = [
  'generic_decline',
  'insufficient_funds',
  'lost_card',
  'stolen_card',
  'expired_card',
  'incorrect_cvc',
  'processing_error',
  'card_velocity_exceeded',
  'fraudulent',
  'authentication_required',
] as const;
export const declineCodeSchema = z.enum(declineCodes);
export type DeclineCode = z.infer<typeof declineCodeSchema>;

export const instrumentBehaviors = ['approve', ...declineCodes, 'attaches_then_fails'] as const;
export const instrumentBehaviorSchema = z.enum(instrumentBehaviors);
/** The behavior of a test card. Banks get it instead of the number, which never leaves the API. */
export type InstrumentBehavior = z.infer<typeof instrumentBehaviorSchema>;

/** The decline code for a card; undefined if the bank approves. */
export function declineOf(instrument: InstrumentBehavior): DeclineCode | undefined {
  if (instrument === 'approve') return undefined;
  return instrument === 'attaches_then_fails' ? 'generic_decline' : instrument;
}

export const instrumentSchema = z.object({
  brand: brandSchema,
  last4: z.string().regex(/^\d{4}$/),
  fingerprint: z.string().min(1).max(64),
  behavior: instrumentBehaviorSchema,
});
/** A card without its number, identified by a fingerprint. */
export type Instrument = z.infer<typeof instrumentSchema>;
