import type { ApiExchange } from '../history.js';
import { cardNamed, cardNumbered, isFaultToken, type ModelCard } from './cards.js';
import { AMOUNT_MAX_MINOR, leastMinor } from './currencies.js';
import type { KeyedOperationKind } from './operation.js';

/** The parameters of a valid charge request. */
export interface WantedCharge {
  readonly amountMinor: number;
  readonly currency: string;
  /** Manual capture. */
  readonly isManual: boolean;
  /** Undefined for a card that the API refuses without opening a charge. */
  readonly card: ModelCard | undefined;
}

type Parameters = ApiExchange['parameters'];

const isTrue = (text: string | undefined): boolean => text !== undefined && /^(true|1)$/i.test(text);
const isFalse = (text: string | undefined): boolean => text !== undefined && /^(false|0)$/i.test(text);
const isInteger = (text: string): boolean => /^[+-]?\d{1,15}$/.test(text);

/** The requested amount in minor units. Undefined for the whole, or for what is left. */
export function amountOf(parameters: Parameters): number | undefined {
  const text = parameters['amount'];
  return text === undefined ? undefined : Number(text);
}

export function readCharge(parameters: Parameters): WantedCharge {
  const token = parameters['source'] ?? parameters['card'];
  const number = parameters['source[number]'] ?? parameters['card[number]'] ?? '';
  return {
    amountMinor: Number(parameters['amount']),
    currency: (parameters['currency'] ?? '').toLowerCase(),
    isManual: isFalse(parameters['capture']),
    card: token === undefined ? cardNumbered(number) : cardNamed(token),
  };
}

/** The error of an invalid parameter: the API's code and parameter. */
export interface ParameterError {
  readonly code: string | undefined;
  readonly param: string;
}

/** The errors of a request. `judged`: the model knows every parameter, so without errors it must be accepted. */
export interface RequestReading {
  readonly mistakes: readonly ParameterError[];
  readonly judged: boolean;
}

const judgedParameters: Readonly<Partial<Record<KeyedOperationKind, readonly string[]>>> = {
  create: ['amount', 'currency', 'source', 'capture', 'description', 'receipt_email', 'transfer_group'],
  capture: ['amount', 'receipt_email'],
  refund: ['amount', 'charge', 'reason'],
  update_charge: ['description', 'receipt_email'],
  update_refund: [],
  cancel_refund: [],
};

const texts = ['description', 'receipt_email', 'transfer_group', 'shipping', 'metadata', 'expand'] as const;

/** Every parameter that these routes take, some of them only to refuse it. Source: Stripe's API reference. */
const taken: Readonly<Partial<Record<KeyedOperationKind, readonly string[]>>> = {
  create: [
    ...texts,
    'amount',
    'application_fee',
    'application_fee_amount',
    'capture',
    'card',
    'currency',
    'customer',
    'destination',
    'on_behalf_of',
    'radar_options',
    'source',
    'statement_descriptor',
    'statement_descriptor_suffix',
    'transfer_data',
  ],
};

const invalid = 'parameter_invalid_integer';

/** Checks a request's parameters, independent of the state of its charge. */
export function readRequest({ parameters, path, key }: ApiExchange, kind: KeyedOperationKind): RequestReading {
  const known = judgedParameters[kind];
  const judged =
    known !== undefined &&
    Object.keys(parameters).every((name) => known.includes(name) || isMetadata(name, parameters)) &&
    !Object.values(parameters).some((text) => mayBeCardNumber(text) || text.includes('\0')) &&
    (key === undefined || (key.length >= 1 && key.length <= 255 && !mayBeCardNumber(key)));
  const mistakes: ParameterError[] = [];
  const wrong = (param: string, code?: string): void => void mistakes.push({ code, param });
  const unknown = Object.keys(parameters).find((name) => /^[a-z_]+$/.test(name) && !taken[kind]?.includes(name));
  // Unknown parameters are refused before all others.
  if (taken[kind] && unknown !== undefined)
    return { mistakes: [{ code: 'parameter_unknown', param: unknown }], judged: true };
  const must = (name: string): string | undefined => {
    const text = parameters[name];
    if (text === undefined) wrong(name, 'parameter_missing');
    else if (text === '') wrong(name, 'parameter_invalid_empty');
    return text || undefined;
  };
  if (kind === 'create') {
    const amount = must('amount');
    const currency = must('currency');
    if (amount !== undefined && !isInteger(amount)) wrong('amount', invalid);
    const least = currency === undefined ? 0 : leastMinor(currency.toLowerCase());
    if (least === undefined) wrong('currency');
    else if (amount !== undefined && Number(amount) < 1) wrong('amount', invalid);
    else if (amount !== undefined && Number(amount) < least) wrong('amount', 'amount_too_small');
    if (Number(amount) > AMOUNT_MAX_MINOR) wrong('amount', 'amount_too_large');
    const { capture } = parameters;
    if (capture === '') wrong('capture', 'parameter_invalid_empty');
    else if (capture !== undefined && !isTrue(capture) && !isFalse(capture)) wrong('capture');
    const spelledOut = Object.keys(parameters).some((name) => /^(source|card)\[/.test(name));
    const source = parameters['source'] ?? parameters['card'];
    if (source === undefined && !spelledOut) wrong('source', 'parameter_missing');
    else if (source === '') wrong('source', 'parameter_invalid_empty');
    else if (source !== undefined && !cardNamed(source))
      wrong('source', isFaultToken(source) || source.length > 255 ? undefined : 'resource_missing');
  } else if (kind === 'capture' || kind === 'refund') {
    // Elsewhere the charge stands in the path.
    if (path === '/v1/refunds') must('charge');
    const { amount } = parameters;
    if (amount === '') wrong('amount', 'parameter_invalid_empty');
    else if (amount !== undefined && (!isInteger(amount) || Number(amount) < 1)) wrong('amount', invalid);
    const reason = parameters['reason'];
    if (reason !== undefined && !/^(duplicate|fraudulent|requested_by_customer)$/.test(reason)) wrong('reason');
  }
  if (/^[^@]+$/.test(parameters['receipt_email'] ?? '')) wrong('receipt_email', 'email_invalid');
  return { mistakes, judged };
}

/** Stripe's limits: 50 keys of 40 characters, values of 500. Source: Stripe's documentation, "Metadata". */
function isMetadata(name: string, parameters: Parameters): boolean {
  const key = /^metadata\[([^\]]+)\]$/.exec(name)?.[1];
  return (
    key !== undefined &&
    key.length <= 40 &&
    parameters[name]!.length <= 500 &&
    !mayBeCardNumber(key) &&
    Object.keys(parameters).length < 50
  );
}

/** A card number is refused in any parameter. The model does not check such texts. */
const mayBeCardNumber = (text: string): boolean => /\d(?:[ -]?\d){11,}/.test(text);
