import { describe, expect, it } from '@jest/globals';
import { parseForm } from '../protocol/parameters.js';
import { readParameters } from '../protocol/read-parameters.js';
import { transactionListParameters } from './transaction-list-parameters.js';

const read = (query: string) => readParameters(transactionListParameters, parseForm(query));

describe('GET /v1/balance_transactions', () => {
  it('shows ten of any kind, the newest first', () => {
    expect(read('')).toEqual({
      page: { direction: 'down', limit: 10, createdFrom: null, createdBefore: null },
      cursor: null,
      filters: { currency: null, type: null, source: null },
      expand: [],
      nothing: false,
    });
  });

  it('reads its filters', () => {
    expect(read('currency=EUR&type=refund&source=re_1&created[gt]=5').filters).toEqual({
      currency: 'eur',
      type: 'refund',
      source: 're_1',
    });
    expect(read('created[gt]=5&ending_before=txn_1')).toMatchObject({
      page: { direction: 'up', createdFrom: 6 },
      cursor: { param: 'ending_before', id: 'txn_1' },
    });
  });

  it('expands the source, and what lies in it', () => {
    expect(read('expand[]=data.source&expand[]=data.source.charge').expand).toEqual(['source', 'source.charge']);
  });

  it.each(['payout=po_1', 'type=payout', 'type=stripe_fee'])(
    'finds nothing for %s, which does not exist here',
    (query) => expect(read(query).nothing).toBe(true),
  );

  it.each([
    'type=chargee',
    'currency=xyz',
    'source=',
    'limit=101',
    'colour=red',
    'expand[]=source',
    'expand[]=data.currency',
    'starting_after=txn_1&ending_before=txn_2',
  ])('refuses %s', (query) => expect(() => read(query)).toThrow(expect.objectContaining({ httpStatus: 400 })));
});
