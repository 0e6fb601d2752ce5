import type { Instant } from '#clock';
import { currencyCodes, formatMoney, isCurrency, MAX_AMOUNT_MINOR, minimumCharge, money, type Money } from '#money';
import type { KeyedHash } from '../../accounts/keyed-hash.js';
import { ParameterReader } from '../../protocol/parameter-reader.js';
import type { Parameters } from '../../protocol/parameters.js';
import { invalidRequest, resourceMissing, shown } from '../../protocol/stripe-error.js';
import { readInstrument, type ReadPaymentSource } from '../../test-cards/instrument.js';
import type { ChargeDetails } from '../charge/charge.js';
import { readDescriptor, readDetails, refuseConnect } from './charge-details.js';
import { readExpand } from '../../protocol/expand.js';

/** A valid `POST /v1/charges`. */
export interface CreateParameters {
  readonly amount: Money;
  readonly capture: 'automatic' | 'manual';
  readonly presented: ReadPaymentSource;
  readonly details: ChargeDetails;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
  readonly expand: readonly string[];
}

const known = [
  'amount',
  'application_fee',
  'application_fee_amount',
  'capture',
  'card',
  'currency',
  'customer',
  'description',
  'destination',
  'expand',
  'metadata',
  'on_behalf_of',
  'radar_options',
  'receipt_email',
  'shipping',
  'source',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_data',
  'transfer_group',
] as const;

const ofConnect = [
  'application_fee',
  'application_fee_amount',
  'destination',
  'on_behalf_of',
  'transfer_data',
] as const;

/** @throws StripeError 400, naming the parameter; nothing has begun then, and nothing is stored */
export function readCreateParameters(parameters: Parameters, hash: KeyedHash, now: Instant): CreateParameters {
  const reader = new ParameterReader(parameters, known);
  const expand = readExpand(reader);
  const amount = readAmount(reader);
  refuseConnect(reader, ofConnect);
  const customer = reader.text('customer', { max: 255 });
  if (customer !== undefined) throw resourceMissing('customer', customer, 'customer', 400);
  reader.hash('radar_options', ['session'])?.text('session');
  return {
    amount,
    capture: reader.boolean('capture') === false ? 'manual' : 'automatic',
    expand,
    details: readDetails(reader),
    statementDescriptor: readDescriptor(reader, 'statement_descriptor'),
    statementDescriptorSuffix: readDescriptor(reader, 'statement_descriptor_suffix'),
    presented: readInstrument(reader, hash, now),
  };
}

function readAmount(reader: ParameterReader): Money {
  const amountMinor = reader.requiredInteger('amount', { min: 1 });
  const currency = reader.requiredText('currency').toLowerCase();
  if (!isCurrency(currency)) {
    throw invalidRequest(`Invalid currency: ${shown(currency)}. Supported are ${currencyCodes.join(', ')}.`, {
      param: 'currency',
    });
  }
  const amount = money(amountMinor, currency);
  const least = minimumCharge(currency);
  if (amountMinor < least.amountMinor) {
    throw invalidRequest(`Amount must be at least ${formatMoney(least)}.`, {
      code: 'amount_too_small',
      param: 'amount',
    });
  }
  if (amountMinor > MAX_AMOUNT_MINOR) {
    throw invalidRequest(`Amount must be no more than ${formatMoney(money(MAX_AMOUNT_MINOR, currency))}.`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  }
  return amount;
}
