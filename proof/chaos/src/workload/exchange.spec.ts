import { describe, expect, it } from '@jest/globals';
import { anExchange, captureOf, refundOf, unanswered } from '../testing/an-exchange.js';
import { kindOfRequest, chargeOf, kindOf, toldOf } from './exchange.js';

describe('an exchange', () => {
  it('has a request kind if it moves money and is not forbidden', () => {
    expect(kindOfRequest(anExchange())).toBe('charge');
    expect(kindOfRequest(anExchange(captureOf('ch_1')))).toBe('capture');
    expect(kindOfRequest(anExchange(refundOf('ch_1')))).toBe('refund');
    expect(kindOfRequest(anExchange({ forbidden: 'hostile' }))).toBeUndefined();
    expect(kindOfRequest(anExchange({ ...captureOf('ch_1'), forbidden: 'foreign' }))).toBeUndefined();
    expect(kindOfRequest(anExchange({ method: 'GET' }))).toBeUndefined();
    expect(kindOfRequest(anExchange({ path: '/v1/charges/ch_1' }))).toBeUndefined();
    expect(kindOfRequest(anExchange({ path: '/v1/refunds/re_1/cancel' }))).toBeUndefined();
  });

  it('takes its charge from the request, or else from the answer', () => {
    expect(chargeOf(anExchange())).toBe('ch_1');
    expect(chargeOf(unanswered())).toBeUndefined();
    expect(chargeOf(unanswered(captureOf('ch_2')))).toBe('ch_2');
    expect(chargeOf(unanswered(refundOf('ch_3')))).toBe('ch_3');
    expect(chargeOf(anExchange({ status: 402, body: '{"error": {"charge": "ch_4"}}' }))).toBe('ch_4');
    expect(chargeOf(anExchange({ status: 500, body: 'no JSON' }))).toBeUndefined();
  });

  it('has an unknown outcome without an answer, and with one of 5xx', () => {
    expect([kindOf(anExchange()), kindOf(anExchange({ status: 402 }))]).toEqual(['ok', 'fail']);
    expect([kindOf(unanswered()), kindOf(anExchange({ status: 503 }))]).toEqual(['info', 'info']);
  });
});

describe('the history for the checker', () => {
  it('has requests that move money, without reads and forbidden requests', () => {
    const exchanges = [anExchange(), anExchange({ method: 'GET' }), anExchange({ forbidden: 'hostile' })];
    expect(toldOf(exchanges)).toEqual([
      {
        asked: 'charge',
        account: 'acct_1',
        key: 'key',
        kind: 'ok',
        status: 200,
        body: exchanges[0]!.answer!.body,
        chargeId: 'ch_1',
      },
    ]);
  });

  it('takes an answer of 5xx for no answer', () => {
    const [entry] = toldOf([anExchange({ status: 500, body: '{}' })]);
    expect(entry).toMatchObject({ kind: 'info', status: 500 });
    expect(entry).not.toHaveProperty('body');
  });
});
