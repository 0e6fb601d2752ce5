import type { z } from 'zod';
import { refuse, textsByKey } from './parameter-schemas.js';
import { invalidRequest, type StripeError } from './stripe-error.js';

const METADATA_KEYS_MAX = 50;

/** What an update writes into metadata: null unsets all of it, and the value null its key. */
export const metadataChanges = textsByKey('metadata', { keyMax: 40, max: 500 });
export type MetadataChanges = z.output<typeof metadataChanges>;

/** The metadata of a new object. */
export const newMetadata = metadataChanges
  .superRefine((given, findings) => {
    const count = Object.keys(withChanges({}, given)).length;
    if (count > METADATA_KEYS_MAX) refuse(findings, () => tooManyKeys(count));
  })
  .transform((given) => withChanges({}, given));

/** @throws StripeError 400 for more keys than an object may have */
export function metadataAfter(
  given: MetadataChanges,
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const after = withChanges(before, given);
  const count = Object.keys(after).length;
  if (count > METADATA_KEYS_MAX) throw tooManyKeys(count);
  return after;
}

/** Merged into what is there: an empty value unsets its key, an empty `metadata` unsets them all. */
function withChanges(before: Readonly<Record<string, string>>, given: MetadataChanges): Record<string, string> {
  if (given === null) return {};
  const merged = new Map(Object.entries(before));
  for (const [key, value] of given) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function tooManyKeys(count: number): StripeError {
  return invalidRequest(`Metadata can have up to ${METADATA_KEYS_MAX} keys; this would be ${count}.`, {
    param: 'metadata',
  });
}
