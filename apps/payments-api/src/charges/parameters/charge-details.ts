import { characters } from '../../protocol/characters.js';
import type { ParameterReader } from '../../protocol/parameter-reader.js';
import { invalidRequest, shown } from '../../protocol/stripe-error.js';
import type { ChargeDetails, Shipping } from '../charge/charge.js';

const METADATA_KEYS_MAX = 50;
const METADATA_LIMITS = { keyMax: 40, max: 500 };

export const noDetails: ChargeDetails = {
  description: null,
  metadata: {},
  receiptEmail: null,
  shipping: null,
  transferGroup: null,
  fraudReport: null,
};

/** What a new charge starts with. */
export function readDetails(reader: ParameterReader): ChargeDetails {
  return { ...noDetails, ...readChanges(reader, noDetails) };
}

/** What an update changes; parameters that are absent leave things as they are. */
export function readChanges(reader: ParameterReader, before: ChargeDetails): Partial<ChargeDetails> {
  const changes: { -readonly [Name in keyof ChargeDetails]?: ChargeDetails[Name] } = {};
  const description = reader.optionalText('description', { max: 40_000 });
  if (description !== undefined) changes.description = description;
  const receiptEmail = reader.optionalText('receipt_email', { max: 800 });
  if (receiptEmail) checkEmail(receiptEmail);
  if (receiptEmail !== undefined) changes.receiptEmail = receiptEmail;
  const transferGroup = reader.text('transfer_group', { max: 255 });
  if (transferGroup !== undefined) {
    if (before.transferGroup !== null && before.transferGroup !== transferGroup) {
      throw invalidRequest('The transfer group of this charge has been set before and cannot be changed.', {
        param: 'transfer_group',
      });
    }
    changes.transferGroup = transferGroup;
  }
  const shipping = readShipping(reader);
  if (shipping) changes.shipping = shipping;
  const metadata = readMetadata(reader, before.metadata);
  if (metadata) changes.metadata = metadata;
  const fraud = reader.has('fraud_details') ? reader.hash('fraud_details', ['user_report']) : undefined;
  if (fraud) {
    const report = fraud.optionalText('user_report');
    changes.fraudReport = report ? fraud.oneOf('user_report', ['fraudulent', 'safe'])! : null;
  }
  return changes;
}

function checkEmail(email: string): void {
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return;
  throw invalidRequest(`Invalid email address: ${shown(email)}`, { code: 'email_invalid', param: 'receipt_email' });
}

/** Merged into what is there: an empty value unsets its key, an empty `metadata` unsets them all. */
export function readMetadata(
  reader: ParameterReader,
  before: Readonly<Record<string, string>>,
): Record<string, string> | undefined {
  const given = reader.textsByKey('metadata', METADATA_LIMITS);
  if (given === undefined) return undefined;
  if (given === null) return {};
  const merged = new Map(Object.entries(before));
  for (const [key, value] of given) {
    if (value === '') merged.delete(key);
    else merged.set(key, value);
  }
  if (merged.size > METADATA_KEYS_MAX) {
    throw invalidRequest(`Metadata can have up to ${METADATA_KEYS_MAX} keys; this would be ${merged.size}.`, {
      param: 'metadata',
    });
  }
  return Object.fromEntries(merged);
}

const addressFields = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'] as const;

function readShipping(reader: ParameterReader): Shipping | undefined {
  const shipping = reader.hash('shipping', ['address', 'carrier', 'name', 'phone', 'tracking_number']);
  if (!shipping) return undefined;
  const address = shipping.hash('address', addressFields) ?? shipping.missing('address');
  const part = (name: (typeof addressFields)[number]): string | null => address.optionalText(name) ?? null;
  return {
    address: {
      city: part('city'),
      country: part('country'),
      line1: part('line1'),
      line2: part('line2'),
      postal_code: part('postal_code'),
      state: part('state'),
    },
    name: shipping.requiredText('name'),
    carrier: shipping.optionalText('carrier') ?? null,
    phone: shipping.optionalText('phone') ?? null,
    tracking_number: shipping.optionalText('tracking_number') ?? null,
  };
}

/** What is printed on a card statement: 22 characters at most, a letter among them, none of `<>\'"*`. */
export function readDescriptor(
  reader: ParameterReader,
  name: 'statement_descriptor' | 'statement_descriptor_suffix',
): string | null {
  const text = reader.text(name);
  if (text === undefined) return null;
  const fault =
    characters(text) > 22
      ? 'it must be at most 22 characters'
      : !/[A-Za-z]/.test(text)
        ? 'it must contain at least one letter'
        : /[<>\\'"*]/.test(text)
          ? 'it must not contain any of < > \\ \' " *'
          : undefined;
  if (fault) throw invalidRequest(`The statement descriptor is not valid: ${fault}.`, { param: name });
  return text;
}

/** Parameters of Stripe Connect: they exist, but not here. */
export function refuseConnect(reader: ParameterReader, names: readonly string[]): void {
  for (const name of names) {
    if (reader.has(name))
      throw invalidRequest(`${name} belongs to Connect, which is not offered here.`, { param: name });
  }
}
