import { describe, expect, it } from '@jest/globals';
import { parseForm } from '../../protocol/parameters.js';
import { readParameters } from '../../protocol/read-parameters.js';
import { chargeListParameters } from './charge-list-parameters.js';

const read = (query: string) => readParameters(chargeListParameters, parseForm(query));

describe('GET /v1/charges', () => {
  it('shows ten, the newest first', () => {
    expect(read('')).toMatchObject({ page: { direction: 'down', limit: 10 }, cursor: null, expand: [] });
  });

  it('pages downwards after a cursor and upwards before one', () => {
    const [after, before] = [read('starting_after=ch_5'), read('ending_before=ch_5')];
    expect(after).toMatchObject({ page: { direction: 'down' }, cursor: { param: 'starting_after', id: 'ch_5' } });
    expect(before).toMatchObject({ page: { direction: 'up' }, cursor: { param: 'ending_before', id: 'ch_5' } });
    expect(() => read('starting_after=ch_1&ending_before=ch_2')).toThrow('only specify one');
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'created[foo]=1',
    'created[gte]=x',
    'colour=red',
    'expand[]=balance_transaction',
  ])('refuses %s', (query) => expect(() => read(query)).toThrow(expect.objectContaining({ httpStatus: 400 })));

  it('reads the filters of creation as whole seconds', () => {
    const range = (query: string) => [read(query).page.createdFrom, read(query).page.createdBefore];
    expect(range('created=100')).toEqual([100, 101]);
    expect(range('created[gte]=100&created[lt]=200')).toEqual([100, 200]);
    expect(range('created[gt]=100&created[lte]=200')).toEqual([101, 201]);
    expect(range('created[gt]=100&created[gte]=50')).toEqual([101, null]);
  });

  it('expands what lies under data', () => {
    expect(read('expand[]=data.balance_transaction').expand).toEqual(['balance_transaction']);
  });
});
