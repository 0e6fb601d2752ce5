import { describe, expect, it } from '@jest/globals';
import type { ApiExchange } from '#checker';
import { keysUsedAnew, refusedForBalance, revokedKeysRefused, walkedWhileCharging } from './reached-by-clients.js';

const answered = (body: object): ApiExchange['answer'] => ({
  status: 200,
  body: JSON.stringify(body, null, 2),
  replayed: false,
});
const at = (sentMs: number) => ({ account: 'acct_anna', sentMs, endedMs: sentMs + 100, answer: answered({}) });
const create: ApiExchange = { ...at(100), method: 'POST', path: '/v1/charges', parameters: {} };
const page = (sentMs: number): ApiExchange => ({
  ...at(sentMs),
  method: 'GET',
  path: '/v1/charges',
  parameters: { starting_after: 'ch_1' },
});

describe('the hard states of clients', () => {
  it('count a later page that was read while a charge of the same account was being created', () => {
    expect(walkedWhileCharging([create, page(150)])).toBe(1);
    expect(walkedWhileCharging([create, page(250)])).toBe(0);
    expect(walkedWhileCharging([create, { ...page(150), account: 'acct_bert' }])).toBe(0);
    expect(walkedWhileCharging([create, { ...page(150), parameters: { limit: '2' } }])).toBe(0);
  });

  it('count a refused API key that had been valid before', () => {
    const refused = { ...page(150), answer: { status: 401, body: '{}', replayed: false } };
    expect(revokedKeysRefused([{ ...refused, opensUntilMs: 100 }])).toBe(1);
    expect(revokedKeysRefused([refused, { ...refused, opensUntilMs: -Infinity }])).toBe(0);
    expect(revokedKeysRefused([{ ...page(150), opensUntilMs: 100 }])).toBe(0);
  });

  it('count an idempotency key under which an account made two charges', () => {
    const made = (key: string, id: string) => ({ ...create, key, answer: answered({ id }) });
    expect(keysUsedAnew([made('k', 'ch_1'), made('k', 'ch_2'), made('other', 'ch_3')])).toBe(1);
    expect(keysUsedAnew([made('k', 'ch_1'), made('k', 'ch_1')])).toBe(0);
    expect(keysUsedAnew([made('k', 'ch_1'), { ...made('k', 'ch_2'), account: 'acct_bert' }])).toBe(0);
  });

  it('count a refund that was refused for lack of balance', () => {
    const refund: ApiExchange = { ...create, path: '/v1/refunds' };
    const refused = (code: string) => ({ ...refund, answer: answered({ error: { code } }) });
    expect(refusedForBalance([refused('balance_insufficient')])).toBe(1);
    expect(refusedForBalance([refused('charge_already_refunded'), refund])).toBe(0);
  });
});
