import { z } from 'zod';
import { characters } from '../../protocol/characters.js';
import {
  boolean,
  hash,
  oneOf,
  refuse,
  refusedParameter,
  text,
  textsByKey,
  unsettable,
} from '../../protocol/parameter-schemas.js';
import { invalidRequest, shown, type StripeError } from '../../protocol/stripe-error.js';
import type { ChargeDetails } from '../charge/charge.js';

const METADATA_KEYS_MAX = 50;

export const noDetails: ChargeDetails = {
  description: null,
  metadata: {},
  receiptEmail: null,
  shipping: null,
  transferGroup: null,
  fraudReport: null,
};

const emailAddress = text({ max: 800 }).superRefine((email, findings) => {
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return;
  const message = `Invalid email address: ${shown(email)}`;
  refuse(findings, (param) => invalidRequest(message, { code: 'email_invalid', param }));
});

const part = unsettable(text()).default(null);

const shipping = hash(
  z.object({
    address: hash(z.object({ city: part, country: part, line1: part, line2: part, postal_code: part, state: part })),
    name: text(),
    carrier: part,
    phone: part,
    tracking_number: part,
  }),
);

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

/** What a merchant may write on a charge. Each route takes some of it, in this order. */
export const detailParameters = z.object({
  description: unsettable(text({ max: 40_000 })).optional(),
  receipt_email: unsettable(emailAddress).optional(),
  transfer_group: text({ max: 255 }).optional(),
  shipping: shipping.optional(),
  metadata: metadataChanges.optional(),
  fraud_details: hash(z.object({ user_report: unsettable(oneOf(['fraudulent', 'safe'])).default(null) })).optional(),
});
export type GivenDetails = z.output<typeof detailParameters>;

/** What a new charge starts with. */
export function newDetails({
  metadata,
  ...given
}: Omit<GivenDetails, 'metadata'> & Pick<ChargeDetails, 'metadata'>): ChargeDetails {
  return { ...noDetails, ...changesOf(given, noDetails), metadata };
}

/**
 * What an update changes; parameters that are absent leave things as they are.
 *
 * @throws StripeError 400 for what this charge does not allow
 */
export function changesOf(given: GivenDetails, before: ChargeDetails): Partial<ChargeDetails> {
  const { description, receipt_email, transfer_group, shipping, metadata, fraud_details } = given;
  if (transfer_group !== undefined && before.transferGroup !== null && before.transferGroup !== transfer_group) {
    throw invalidRequest('The transfer group of this charge has been set before and cannot be changed.', {
      param: 'transfer_group',
    });
  }
  return {
    ...(description !== undefined && { description }),
    ...(receipt_email !== undefined && { receiptEmail: receipt_email }),
    ...(transfer_group !== undefined && { transferGroup: transfer_group }),
    ...(shipping !== undefined && { shipping }),
    ...(metadata !== undefined && { metadata: metadataAfter(metadata, before.metadata) }),
    ...(fraud_details !== undefined && { fraudReport: fraud_details.user_report }),
  };
}

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

/** What is printed on a card statement: 22 characters at most, a letter among them, none of `<>\'"*`. */
export const statementDescriptor = text()
  .superRefine((descriptor, findings) => {
    const fault =
      characters(descriptor) > 22
        ? 'it must be at most 22 characters'
        : !/[A-Za-z]/.test(descriptor)
          ? 'it must contain at least one Latin character'
          : /[<>\\'"*]/.test(descriptor)
            ? 'it must not contain any of < > \\ \' " *'
            : undefined;
    const message = `The statement descriptor is not valid: ${fault}.`;
    if (fault) refuse(findings, (param) => invalidRequest(message, { param }));
  })
  .nullable()
  .default(null);

/** A switch of Stripe Connect: off, as it is anyway, or refused. */
export const offOfConnect = boolean()
  .superRefine((on, findings) => {
    if (on) refuse(findings, notOffered);
  })
  .optional();

/** A parameter of Stripe Connect: it exists, but not here. */
export const ofConnect = refusedParameter(notOffered);

function notOffered(param: string): StripeError {
  return invalidRequest(`${param} belongs to Connect, which is not offered here.`, { param });
}
