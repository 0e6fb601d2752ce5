import { describe, expect, it } from '@jest/globals';
import type { ApiExchange } from '../history.js';
import { readRequestOf, type Validity } from './read-request.js';
import { sent } from './testing/a-history.js';

const read = (path: string, parameters: ApiExchange['parameters'] = {}) =>
  readRequestOf(sent(0, `GET ${path}`, { parameters }));

describe('a read', () => {
  it('is of an object, of a list, or of the balance', () => {
    expect(read('/v1/charges/ch_1')?.target).toEqual({ kind: 'retrieve', of: 'charge', id: 'ch_1' });
    expect(read('/v1/balance_transactions/txn_1')?.target).toEqual({
      kind: 'retrieve',
      of: 'balance_transaction',
      id: 'txn_1',
    });
    expect(read('/v1/balance')?.target).toEqual({ kind: 'balance' });
    expect(read('/v1/charges/ch_1/refunds', { limit: '3', starting_after: 're_1' })?.target).toMatchObject({
      kind: 'list',
      of: 'refund',
      limit: 3,
      cursor: { param: 'starting_after', id: 're_1' },
      filters: { charge: 'ch_1' },
      parent: 'ch_1',
    });
  });

  it('is undefined for an unknown path', () => {
    expect(read('/v1/charges/search')).toBeUndefined();
    expect(read('/v1/events')).toBeUndefined();
    expect(readRequestOf(sent(0, 'POST /v1/charges', {}))).toBeUndefined();
  });

  it('has ten objects per page by default, and bounds in whole seconds', () => {
    expect(read('/v1/charges')?.target).toMatchObject({
      limit: 10,
      createdFrom: -Infinity,
      createdBefore: Infinity,
      filters: {},
    });
    expect(read('/v1/charges', { 'created[gt]': '10', 'created[lte]': '20' })?.target).toMatchObject({
      createdFrom: 11,
      createdBefore: 21,
    });
    expect(read('/v1/charges', { 'created[gte]': '10', 'created[lt]': '20' })?.target).toMatchObject({
      createdFrom: 10,
      createdBefore: 20,
    });
    expect(read('/v1/charges', { created: '10' })?.target).toMatchObject({ createdFrom: 10, createdBefore: 11 });
  });

  const cases: readonly [Validity, string, ApiExchange['parameters']][] = [
    ['valid', '/v1/charges', { limit: '100', 'created[gte]': '1', transfer_group: 'g' }],
    ['valid', '/v1/balance_transactions', { currency: 'EUR', type: 'refund', source: 'ch_1' }],
    ['valid', '/v1/charges/ch_1', { 'expand[0]': 'refunds' }],
    ['valid', '/v1/charges/ch_1', { 'expand[0]': 'refunds.data.balance_transaction.source' }],
    ['valid', '/v1/refunds', { 'expand[0]': 'data.balance_transaction.source.charge' }],
    ['invalid', '/v1/refunds', { 'expand[0]': 'data.balance_transaction.source.charge.refunds' }],
    ['invalid', '/v1/charges', { limit: '0' }],
    ['invalid', '/v1/charges', { limit: '101' }],
    ['invalid', '/v1/charges', { limit: 'ten' }],
    ['invalid', '/v1/charges', { starting_after: 'ch_1', ending_before: 'ch_2' }],
    ['invalid', '/v1/charges', { starting_after: '' }],
    ['invalid', '/v1/charges', { 'created[after]': '1' }],
    ['invalid', '/v1/charges', { created: '1', 'created[gt]': '1' }],
    ['invalid', '/v1/charges', { colour: 'red' }],
    ['invalid', '/v1/refunds', { transfer_group: 'g' }],
    ['invalid', '/v1/balance_transactions', { currency: 'xyz' }],
    ['unjudged', '/v1/balance_transactions', { type: 'payout' }],
    ['unjudged', '/v1/charges', { 'expand[0]': 'data.application' }],
    ['unjudged', '/v1/charges', { transfer_group: '4242 4242 4242 4242' }],
    ['unjudged', '/v1/charges', { starting_after: '\u0000' }],
  ];
  it.each(cases)('is %s: %s with %j', (validity, path, parameters) => {
    expect(read(path, parameters)?.validity).toBe(validity);
  });
});
