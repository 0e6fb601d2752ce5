import { z } from 'zod';
import { characters } from '../../protocol/characters.js';
import { address, emailAddress } from '../../protocol/contact-parameters.js';
import { metadataAfter, metadataChanges } from '../../protocol/metadata.js';
import { boolean, hash, oneOf, refuse, refusedParameter, text, unsettable } from '../../protocol/parameter-schemas.js';
import { invalidRequest, type StripeError } from '../../protocol/stripe-error.js';
import type { ChargeDetails } from '../charge/charge.js';

export const noDetails: ChargeDetails = {
  description: null,
  metadata: {},
  receiptEmail: null,
  shipping: null,
  transferGroup: null,
  fraudReport: null,
};

const part = unsettable(text()).default(null);

const shipping = hash(z.object({ address, name: text(), carrier: part, phone: part, tracking_number: part }));

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
