import { describe, expect, it } from '@jest/globals';
import type { ApiExchange } from '../history.js';
import { judgeByModel } from './index.js';
import { balanceObject, evidenceOf, missing, ms, sent } from './testing/a-history.js';

/** At the 30th second. */
const balance = { body: balanceObject(0, 0) };
const unauthorized = { status: 401, body: { error: { type: 'invalid_request_error', message: 'Invalid API Key.' } } };
const stranger = { account: 'acct_9' };
const wrong = (exchange: ApiExchange, opensUntilMs?: number): string[] =>
  judgeByModel(evidenceOf([{ ...exchange, ...(opensUntilMs !== undefined && { opensUntilMs }) }]));
const asks = (answer: { readonly status?: number; readonly body: unknown }): ApiExchange =>
  sent(30, 'GET /v1/charges/ch_a', stranger, answer);

describe('the model of API keys', () => {
  it('reports a 401 for a valid key', () => {
    expect(wrong(asks(missing))).toEqual([]);
    expect(wrong(asks(unauthorized))).toEqual([expect.stringMatching(/answered 401, and its API key opens acct_9/)]);
    expect(wrong(asks(unauthorized), ms(31))).toEqual([expect.stringMatching(/answered 401/)]);
    const create = sent(30, 'POST /v1/charges', { ...stranger, key: 'k' }, unauthorized);
    expect(wrong(create)).toEqual([expect.stringMatching(/acct_9 POST \/v1\/charges: answered 401/)]);
  });

  it('reports any answer but a 401 or 5xx for an invalid key', () => {
    expect(wrong(asks(unauthorized), -Infinity)).toEqual([]);
    expect(wrong(asks(missing), -Infinity)).toEqual([
      expect.stringMatching(/answered 404, and its API key opens nothing/),
    ]);
    expect(wrong(sent(30, 'GET /v1/balance', stranger, balance), -Infinity)).toContainEqual(
      expect.stringMatching(/answered 200, and its API key opens nothing/),
    );
    expect(wrong(asks({ status: 503, body: {} }), -Infinity)).toEqual([]);
    expect(wrong(sent(30, 'GET /v1/balance', stranger), -Infinity)).toEqual([]);
  });

  it('allows a revoked key for five seconds', () => {
    for (const revoked of [25.001, 30, 30.4]) {
      expect(wrong(asks(missing), ms(revoked))).toEqual([]);
      expect(wrong(asks(unauthorized), ms(revoked))).toEqual([]);
    }
    expect(wrong(asks(missing), ms(25))).toEqual([
      expect.stringMatching(/answered 404, and its API key opens nothing/),
    ]);
  });
});
