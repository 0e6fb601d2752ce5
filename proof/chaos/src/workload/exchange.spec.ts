import { describe, expect, it } from '@jest/globals';
import { anExchange, captureOf, refundOf, unanswered } from '../testing/an-exchange.js';
import { askedFor, chargeOf, kindOf, toldOf } from './exchange.js';

describe('an exchange', () => {
  it('moves money when its client means it to', () => {
    expect(askedFor(anExchange())).toBe('charge');
    expect(askedFor(anExchange(captureOf('ch_1')))).toBe('capture');
    expect(askedFor(anExchange(refundOf('ch_1')))).toBe('refund');
    expect(askedFor(anExchange({ forbidden: 'hostile' }))).toBeUndefined();
    expect(askedFor(anExchange({ ...captureOf('ch_1'), forbidden: 'foreign' }))).toBeUndefined();
    expect(askedFor(anExchange({ method: 'GET' }))).toBeUndefined();
    expect(askedFor(anExchange({ path: '/v1/charges/ch_1' }))).toBeUndefined();
    expect(askedFor(anExchange({ path: '/v1/refunds/re_1/cancel' }))).toBeUndefined();
  });

  it('names its charge by what was sent, or else by what was answered', () => {
    expect(chargeOf(anExchange())).toBe('ch_1');
    expect(chargeOf(unanswered())).toBeUndefined();
    expect(chargeOf(unanswered(captureOf('ch_2')))).toBe('ch_2');
    expect(chargeOf(unanswered(refundOf('ch_3')))).toBe('ch_3');
    expect(chargeOf(anExchange({ status: 402, body: '{"error": {"charge": "ch_4"}}' }))).toBe('ch_4');
    expect(chargeOf(anExchange({ status: 500, body: 'no JSON' }))).toBeUndefined();
  });

  it('leaves its client unknowing without an answer, and with one of 5xx', () => {
    expect([kindOf(anExchange()), kindOf(anExchange({ status: 402 }))]).toEqual(['ok', 'fail']);
    expect([kindOf(unanswered()), kindOf(anExchange({ status: 503 }))]).toEqual(['info', 'info']);
  });
});

describe('what the checker is told', () => {
  it('is what moved money, and not what was only looked at or must not be granted', () => {
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

  it('takes an answer of 5xx for none at all', () => {
    const [told] = toldOf([anExchange({ status: 500, body: '{}' })]);
    expect(told).toMatchObject({ kind: 'info', status: 500 });
    expect(told).not.toHaveProperty('body');
  });
});
