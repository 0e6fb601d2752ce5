import { describe, expect, it } from '@jest/globals';
import { cardNamed } from './cards.js';
import { readRequest } from './request.js';

const create = (source: string) =>
  readRequest(
    {
      account: 'acct_1',
      method: 'POST',
      path: '/v1/charges',
      parameters: { amount: '2000', currency: 'usd', source },
      sentMs: 0,
      endedMs: 1,
    },
    'create',
  );

describe('what a charge is made with', () => {
  it('is a card by its name, or a fault token with the card of its brand', () => {
    expect(cardNamed('tok_amex')).toMatchObject({ brand: 'amex' });
    const token = 'tok_fault_capture_drop_after_2_on_amex';
    expect(cardNamed(token)).toMatchObject({ brand: 'amex', fault: token });
    expect(create(token)).toEqual({ mistakes: [], judged: true });
  });

  it('is wrong, in the words for each way of being so', () => {
    expect(create('tok_nobody').mistakes).toEqual([{ param: 'source', code: 'resource_missing' }]);
    for (const source of ['tok_fault_authorize_nonsense', 'tok_fault_nothing_late', 'x'.repeat(256)])
      expect(create(source).mistakes).toEqual([{ param: 'source', code: undefined }]);
  });

  it('is not judged where it is no text', () => {
    expect(create('tok_\0visa')).toMatchObject({ judged: false });
  });
});
