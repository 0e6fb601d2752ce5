import type { Evidence } from '../../evidence.js';
import type { ApiExchange } from '../../history.js';
import { documentedCharge, documentedRefund } from './documented-objects.js';

/** Noon, so that money captured now becomes available at midnight, two and a half days later. */
export const BEGAN_MS = Date.UTC(2026, 4, 4, 12);
const AVAILABLE_MS = Date.UTC(2026, 4, 7);

export const ms = (second: number): number => BEGAN_MS + second * 1_000;
const second = (at: number): number => ms(at) / 1_000;

type Fields = Readonly<Record<string, unknown>>;

const card = { brand: 'visa', last4: '4242' };
const SEVEN_DAYS_S = 7 * 24 * 60 * 60;

export function chargeObject(id: string, at: number, fields: Fields = {}): Fields {
  const shown = { ...captured(id, at), ...fields };
  const isOpen = shown.paid && !shown.captured && !shown.refunded;
  const captureBefore = isOpen ? second(at) + SEVEN_DAYS_S : undefined;
  return { ...documentedCharge({ ...shown, failed: shown.status === 'failed', captureBefore }, card), ...shown };
}

const captured = (id: string, at: number) => ({
  id,
  object: 'charge',
  amount: 1_000,
  amount_captured: 1_000,
  amount_refunded: 0,
  balance_transaction: `txn_${id.slice(3)}`,
  captured: true,
  created: second(at),
  currency: 'usd',
  description: null,
  failure_code: null,
  fraud_details: {},
  livemode: false,
  metadata: {},
  paid: true,
  receipt_email: null,
  refunded: false,
  status: 'succeeded',
  transfer_group: null,
});
export const authorized = { amount_captured: 0, balance_transaction: null, captured: false };
export const requested = { ...authorized, paid: false, status: 'pending' };

export const refundObject = (id: string, charge: string, at: number, fields: Fields = {}): Fields => ({
  ...documentedRefund(charge),
  id,
  object: 'refund',
  amount: 300,
  balance_transaction: `txn_${id.slice(3)}`,
  charge,
  created: second(at),
  currency: 'usd',
  metadata: {},
  reason: null,
  status: 'succeeded',
  ...fields,
});

export const transactionObject = (source: string, at: number, fields: Fields = {}): Fields => ({
  id: `txn_${source.slice(3)}`,
  object: 'balance_transaction',
  amount: 1_000,
  available_on: AVAILABLE_MS / 1_000,
  created: second(at),
  currency: 'usd',
  description: null,
  exchange_rate: null,
  fee: 59,
  fee_details: [{ amount: 59, application: null, currency: 'usd', description: 'Processing fees', type: 'stripe_fee' }],
  net: 941,
  reporting_category: 'charge',
  source,
  status: 'pending',
  type: 'charge',
  ...fields,
});
export const ofRefund = (at: number): Fields => ({
  amount: -300,
  available_on: second(at),
  description: 'REFUND FOR CHARGE',
  fee: 0,
  fee_details: [],
  net: -300,
  reporting_category: 'refund',
  status: 'available',
  type: 'refund',
});

export const listObject = (url: string, data: readonly Fields[], more = false): Fields => ({
  object: 'list',
  url,
  has_more: more,
  data,
});

const funds = (amount: number, currency: string): Fields => ({ amount, currency, source_types: { card: amount } });
/** A balance of one currency, usd by default. */
export const balanceObject = (available: number, pending: number, currency = 'usd'): Fields => ({
  object: 'balance',
  available: [funds(available, currency)],
  livemode: false,
  pending: [funds(pending, currency)],
});

/** A request that takes half a second. */
export function sent(
  at: number,
  request: `${ApiExchange['method']} ${string}`,
  { parameters = {}, key, account = 'acct_1' }: Partial<Pick<ApiExchange, 'parameters' | 'key' | 'account'>>,
  answer?: { readonly status?: number; readonly body: unknown },
): ApiExchange {
  const [method, path] = request.split(' ') as [ApiExchange['method'], string];
  return {
    account,
    key,
    method,
    path,
    parameters,
    sentMs: ms(at),
    endedMs: ms(at + 0.5),
    ...(answer && { answer: { status: answer.status ?? 200, body: JSON.stringify(answer.body), replayed: false } }),
  };
}

export const missing = {
  status: 404,
  body: { error: { type: 'invalid_request_error', code: 'resource_missing', param: 'id', message: 'No.' } },
};

const transactionRow = (source: string, at: number, fields: Partial<Evidence['balanceTransactions'][number]> = {}) => ({
  id: `txn_${source.slice(3)}`,
  account: 'acct_1',
  type: 'charge' as const,
  source,
  currency: 'usd',
  amountMinor: 1_000,
  netMinor: 941,
  createdMs: ms(at),
  availableOnMs: AVAILABLE_MS,
  ...fields,
});

export const chargeRow = (
  id: string,
  at: number,
  fields: Partial<Evidence['charges'][number]> = {},
): Evidence['charges'][number] => ({
  id,
  account: 'acct_1',
  state: 'succeeded',
  awaiting: false,
  amountMinor: 1_000,
  capturedMinor: 1_000,
  currency: 'usd',
  createdMs: ms(at),
  key: id.slice(3),
  capture: 'automatic',
  captureKey: null,
  cause: null,
  brand: 'visa',
  last4: '4242',
  fault: null,
  description: null,
  metadata: {},
  receiptEmail: null,
  transferGroup: null,
  version: 2,
  events: 2,
  ...fields,
});

export const refundRow = (
  id: string,
  chargeId: string,
  at: number,
  fields: Partial<Evidence['refunds'][number]> = {},
): Evidence['refunds'][number] => ({
  id,
  chargeId,
  account: 'acct_1',
  state: 'succeeded',
  amountMinor: 300,
  createdMs: ms(at),
  key: id.slice(3),
  reason: null,
  cancels: false,
  metadata: {},
  ...fields,
});

/** Final rows of two charges and a refund of the first. */
export const rows = {
  charges: [chargeRow('ch_a', 0), chargeRow('ch_b', 10)],
  refunds: [refundRow('re_c', 'ch_a', 20)],
  balanceTransactions: [
    transactionRow('ch_a', 0),
    transactionRow('ch_b', 10),
    transactionRow('re_c', 20, { type: 'refund', amountMinor: -300, netMinor: -300, availableOnMs: ms(20) }),
  ],
} satisfies Partial<Evidence>;

const wanted = { amount: '1000', currency: 'usd', source: 'tok_visa' };

/** The requests that made the rows. */
export const writes: readonly ApiExchange[] = [
  sent(0, 'POST /v1/charges', { key: 'a', parameters: wanted }, { body: chargeObject('ch_a', 0) }),
  sent(10, 'POST /v1/charges', { key: 'b', parameters: wanted }, { body: chargeObject('ch_b', 10) }),
  sent(
    20,
    'POST /v1/refunds',
    { key: 'c', parameters: { charge: 'ch_a', amount: '300' } },
    { body: refundObject('re_c', 'ch_a', 20) },
  ),
];

export const evidenceOf = (exchanges: readonly ApiExchange[], changes: Partial<Evidence> = {}): Evidence => ({
  history: [],
  ...rows,
  holds: [],
  transfers: [],
  entries: [],
  requests: [],
  unanswered: [],
  unsent: 0,
  parked: 0,
  exchanges: [...writes, ...exchanges],
  faults: [],
  ...changes,
});
