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

describe('the source of a charge', () => {
  it('is a test card by name, or a fault token with a card of its network', () => {
    expect(cardNamed('tok_amex')).toMatchObject({ brand: 'amex' });
    const token = 'tok_fault_capture_drop_after_2_on_amex';
    expect(cardNamed(token)).toMatchObject({ brand: 'amex', fault: token });
    expect(create(token)).toEqual({ mistakes: [], judged: true });
  });

  it('has a distinct error for each kind of invalid source', () => {
    expect(create('tok_nobody').mistakes).toEqual([{ param: 'source', code: 'resource_missing' }]);
    for (const source of ['tok_fault_authorize_nonsense', 'tok_fault_nothing_late', 'x'.repeat(256)])
      expect(create(source).mistakes).toEqual([{ param: 'source', code: undefined }]);
  });

  it('is not checked if it has control characters', () => {
    expect(create('tok_\0visa')).toMatchObject({ judged: false });
  });
});
