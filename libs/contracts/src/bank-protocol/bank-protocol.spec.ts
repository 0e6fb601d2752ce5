import { describe, expect, it } from '@jest/globals';
import {
  authorizeBodySchema,
  banksFor,
  brands,
  declineOf,
  faultRuleSchema,
  inquireQuerySchema,
  reverseBodySchema,
  wireOf,
} from './index.js';

const movement = { reference: 'op_1', validUntil: 1_000, account: 'acct_1', chargeId: 'ch_1' };

describe('the banks', () => {
  it('serve every network, and visa and mastercard have a second choice', () => {
    expect(banksFor('visa').map((bank) => bank.name)).toEqual(['alder', 'birch']);
    expect(banksFor('mastercard').map((bank) => bank.name)).toEqual(['birch', 'alder']);
    expect(banksFor('amex').map((bank) => bank.name)).toEqual(['cedar']);
    expect(brands.filter((brand) => banksFor(brand).length === 0)).toEqual([]);
  });
});

describe('a test instrument', () => {
  it('approves, or declines with the code of its name, a card that fails after attaching with the generic one', () => {
    expect(declineOf('approve')).toBeUndefined();
    expect(declineOf('lost_card')).toBe('lost_card');
    expect(declineOf('attaches_then_fails')).toBe('generic_decline');
  });
});

describe('a request on the wire', () => {
  it('has the bank id that it acts on in its path, and all other fields in its body', () => {
    expect(
      wireOf({ kind: 'capture', authorizationId: 'alder_auth_1', ...movement, amountMinor: 5, currency: 'usd' }),
    ).toEqual({
      method: 'POST',
      path: '/v1/authorizations/alder_auth_1/captures',
      body: { ...movement, amountMinor: 5, currency: 'usd' },
    });
  });

  it('encodes an inquiry as a query', () => {
    const aim = { account: 'acct_1', chargeId: 'ch_1', fault: 'tok_fault_inquire_hang' };
    const { path } = wireOf({ kind: 'inquire', reference: 'op_1', ...aim });
    const url = new URL(path, 'http://bank');
    expect(url.pathname).toBe('/v1/operations/op_1');
    expect(inquireQuerySchema.parse(Object.fromEntries(url.searchParams))).toEqual(aim);
  });

  it('names a reversal’s target by reference or by bank id, never by both', () => {
    const target = (value: object) => reverseBodySchema.safeParse({ ...movement, target: value }).success;
    expect(target({ reference: 'op_0' })).toBe(true);
    expect(target({ bankId: 'alder_auth_1' })).toBe(true);
    expect(target({ reference: 'op_0', bankId: 'alder_auth_1' })).toBe(false);
    expect(target({})).toBe(false);
  });

  it('has no room for a card number', () => {
    const instrument = { brand: 'visa', last4: '4242424242424242', fingerprint: 'fp', behavior: 'approve' };
    const body = { ...movement, amountMinor: 5, currency: 'usd', instrument };
    expect(authorizeBodySchema.safeParse(body).success).toBe(false);
    expect(authorizeBodySchema.parse({ ...body, instrument: { ...instrument, last4: '4242', number: '42' } })).toEqual({
      ...body,
      instrument: { ...instrument, last4: '4242' },
    });
  });
});

describe('a fault rule', () => {
  it('needs no more than its fault', () => {
    expect(faultRuleSchema.parse({ fault: 'latency' })).toEqual({
      fault: 'latency',
      scope: {},
      probability: 1,
      parameters: { delayMs: 1000, jitterMs: 0 },
      seed: 0,
    });
  });

  it('rejects parameters of another fault, and an operation that its fault cannot hit', () => {
    expect(faultRuleSchema.safeParse({ fault: 'hang', parameters: { lagMs: 1 } }).success).toBe(false);
    expect(faultRuleSchema.safeParse({ fault: 'refuse', operation: 'inquire' }).success).toBe(false);
  });
});
