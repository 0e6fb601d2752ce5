import type { ApiExchange } from '#checker';
import type { PlannedCharge, ForeignAttempt } from './operation.js';

/** A request without its sender and key. */
export type PlannedRequest = Pick<ApiExchange, 'method' | 'path' | 'parameters'>;

type Parameters = Readonly<Record<string, string>>;

const post = (path: string, parameters: Parameters = {}): PlannedRequest => ({ method: 'POST', path, parameters });
const get = (path: string, parameters: Parameters = {}): PlannedRequest => ({ method: 'GET', path, parameters });

const amount = (amountMinor: number | undefined): Parameters =>
  amountMinor === undefined ? {} : { amount: String(amountMinor) };

export const expand = (paths: readonly string[]): Parameters =>
  Object.fromEntries(paths.map((path, place) => [`expand[${place}]`, path]));

export function createCharge({ amountMinor, currency, source, capture, details }: PlannedCharge): PlannedRequest {
  return post('/v1/charges', {
    ...amount(amountMinor),
    currency,
    source,
    ...(capture ? {} : { capture: 'false' }),
    ...details,
  });
}

export const captureCharge = (id: string, amountMinor: number | undefined): PlannedRequest =>
  post(`/v1/charges/${id}/capture`, amount(amountMinor));

export const createRefund = (
  charge: string,
  amountMinor: number | undefined,
  details: Parameters = {},
): PlannedRequest => post('/v1/refunds', { ...amount(amountMinor), charge, ...details });

/** The same under the path of its charge, as older SDKs ask. */
export function refundUnder(charge: string, amountMinor: number | undefined, details: Parameters = {}): PlannedRequest {
  return post(`/v1/charges/${charge}/refunds`, { ...amount(amountMinor), ...details });
}

export const cancelRefund = (id: string): PlannedRequest => post(`/v1/refunds/${id}/cancel`);

export const update = (id: string, details: Parameters): PlannedRequest => post(pathOf(id), details);

export const retrieve = (id: string, paths: readonly string[] = []): PlannedRequest => get(pathOf(id), expand(paths));

export const balance = (): PlannedRequest => get('/v1/balance');

export const list = (path: string, parameters: Parameters): PlannedRequest => get(path, parameters);

export const startClock = (frozenTime: number): PlannedRequest =>
  post('/v1/test_helpers/test_clocks', { frozen_time: String(frozenTime) });

export const advanceClock = (id: string, frozenTime: number): PlannedRequest =>
  post(`/v1/test_helpers/test_clocks/${id}/advance`, { frozen_time: String(frozenTime) });

/** The requests that an account tries on another account's object. */
export function foreign(attempt: ForeignAttempt['attempt'], id: string): PlannedRequest {
  switch (attempt) {
    case 'retrieve':
      return retrieve(id);
    case 'update':
      return update(id, { 'metadata[foreign]': 'yes' });
    case 'capture':
      return captureCharge(id, undefined);
    case 'refund':
      return createRefund(id, undefined);
    case 'cancel_refund':
      return cancelRefund(id);
    case 'walk':
      return list(id.startsWith('re_') ? '/v1/refunds' : '/v1/charges', { starting_after: id });
  }
}

const unknown = 'ch_00000000000';
const good = { amount: '1000', currency: 'usd', source: 'tok_visa' };
export const goodCharge: PlannedRequest = post('/v1/charges', good);

/** Invalid requests by their error. */
const mistakes: Readonly<Record<string, PlannedRequest>> = {
  'less than the minimum': post('/v1/charges', { ...good, amount: '49' }),
  'less than the minimum in yen': post('/v1/charges', { ...good, amount: '49', currency: 'jpy' }),
  'more than the maximum': post('/v1/charges', { ...good, amount: '100000000' }),
  'no amount': post('/v1/charges', { currency: 'usd', source: 'tok_visa' }),
  'half a cent': post('/v1/charges', { ...good, amount: '1000.5' }),
  'nothing to be charged': post('/v1/charges', { ...good, amount: '0' }),
  'less than nothing': post('/v1/charges', { ...good, amount: '-1000' }),
  'an unknown currency': post('/v1/charges', { ...good, currency: 'xyz' }),
  'no currency': post('/v1/charges', { amount: '1000', source: 'tok_visa' }),
  'no source': post('/v1/charges', { amount: '1000', currency: 'usd' }),
  'an unknown token': post('/v1/charges', { ...good, source: 'tok_nobody' }),
  'an unknown parameter': post('/v1/charges', { ...good, colour: 'red' }),
  'a name of metadata that is too long': post('/v1/charges', { ...good, [`metadata[${'a'.repeat(41)}]`]: 'b' }),
  'a charge that is unknown to be captured': captureCharge(unknown, undefined),
  'a charge that is unknown to be refunded': createRefund(unknown, undefined),
  'a refund of nothing': createRefund(unknown, 0),
  'a refund of no charge': post('/v1/refunds', { amount: '100' }),
  'a charge that is unknown': retrieve(unknown),
  'a page of no objects': list('/v1/charges', { limit: '0' }),
  'a page of too many objects': list('/v1/refunds', { limit: '101' }),
  'a page in both directions': list('/v1/charges', { starting_after: unknown, ending_before: unknown }),
  'a page after what is unknown': list('/v1/balance_transactions', { starting_after: 'txn_00000000000' }),
  'an unknown filter': list('/v1/charges', { colour: 'red' }),
};

export const mistakesKnown: readonly string[] = Object.keys(mistakes);

export function malformed(mistake: string): PlannedRequest {
  const call = mistakes[mistake];
  if (!call) throw new Error(`no such mistake: ${mistake}`);
  return call;
}

function pathOf(id: string): string {
  if (id.startsWith('ch_')) return `/v1/charges/${id}`;
  return id.startsWith('re_') ? `/v1/refunds/${id}` : `/v1/balance_transactions/${id}`;
}
