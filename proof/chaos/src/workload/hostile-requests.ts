import type { MerchantRequest } from './merchant.js';

type HostileRequest = Pick<MerchantRequest, 'method' | 'path' | 'parameters'>;

const create = (parameters: MerchantRequest['parameters']): HostileRequest => ({
  method: 'POST',
  path: '/v1/charges',
  parameters: { amount: '2000', currency: 'usd', source: 'tok_visa', ...parameters },
});

/** Hostile or invalid requests. None may succeed. */
export const hostileRequests: readonly HostileRequest[] = [
  create({ amount: '-1' }),
  create({ amount: '0' }),
  create({ amount: '' }),
  create({ amount: '49' }),
  create({ amount: '1e3' }),
  create({ amount: '20.00' }),
  create({ amount: '100000000' }),
  create({ amount: '99999999999999999999' }),
  create({ currency: "usd';--" }),
  create({ currency: 'xau' }),
  create({ capture: 'perhaps' }),
  create({ source: 'tok_nobody' }),
  create({ source: 'tok_fault_authorize_nonsense' }),
  create({ source: 'x'.repeat(200_000) }),
  create({ receipt_email: 'nowhere' }),
  create({ colour: 'red' }),
  create({ [`metadata[${'k'.repeat(41)}]`]: 'v' }),
  create({ 'metadata[key]': 'v'.repeat(501) }),
  create({ 'expand[0]': 'nothing' }),
  { method: 'POST', path: '/v1/charges', parameters: {} },
  { method: 'POST', path: '/v1/charges', parameters: { currency: 'usd', source: 'tok_visa' } },
  { method: 'POST', path: '/v1/charges', parameters: { amount: '2000', source: 'tok_visa' } },
  { method: 'POST', path: '/v1/charges', parameters: { amount: '2000', currency: 'usd' } },
  { method: 'POST', path: '/v1/refunds', parameters: {} },
  { method: 'POST', path: '/v1/refunds', parameters: { charge: 'ch_nobody' } },
  { method: 'POST', path: '/v1/refunds', parameters: { charge: 'ch_1\u0000', amount: '0' } },
  { method: 'POST', path: '/v1/refunds', parameters: { charge: 'ch_nobody', reason: 'boredom' } },
  { method: 'POST', path: '/v1/charges/ch_nobody/capture', parameters: { amount: 'all' } },
  { method: 'POST', path: "/v1/charges/ch_'%20OR%201=1/capture", parameters: {} },
  { method: 'GET', path: '/v1/charges/..%2f..%2fetc%2fpasswd', parameters: {} },
  { method: 'GET', path: '/v1/charges', parameters: { limit: '1000000' } },
  { method: 'GET', path: '/v1/charges', parameters: { limit: '0' } },
  { method: 'GET', path: '/v1/charges', parameters: { starting_after: 'ch_nobody' } },
  { method: 'GET', path: '/v1/charges', parameters: { starting_after: 'ch_1', ending_before: 'ch_2' } },
  { method: 'GET', path: '/v1/refunds', parameters: { colour: 'red' } },
  { method: 'GET', path: '/v1/balance_transactions', parameters: { type: 'nonsense' } },
  { method: 'GET', path: '/v1/balance_transactions/txn_nobody', parameters: {} },
  { method: 'DELETE', path: '/v1/charges', parameters: {} },
];
