import { describe, expect, it } from '@jest/globals';
import { KeyedHash } from '../accounts/keyed-hash.js';
import { parseForm, parseJson } from '../protocol/parameters.js';
import { fingerprintOfRequest } from './fingerprint.js';
import { internalKey, readKey, decideExistingKey, type KeyRow } from './key.js';

const row: KeyRow = {
  account: 'acct_1',
  key: 'order-1',
  endpoint: 'POST /v1/charges',
  fingerprint: 'aaa',
  requestId: 'req_first',
  chargeId: 'ch_1',
  answer: null,
  remainingMs: 5_000,
  holderAlive: true,
};
const attempt = { endpoint: 'POST /v1/charges', fingerprint: 'aaa', requestId: 'req_second' };
const answer = { status: 402, body: '{}' };

describe('a key that is used again', () => {
  it('replays its answer, declines included', () => {
    expect(decideExistingKey({ ...row, answer }, attempt)).toEqual({ kind: 'answered', answer });
  });

  it('is an error with other parameters', () => {
    for (const stored of [row, { ...row, answer }]) {
      expect(() => decideExistingKey(stored, { ...attempt, fingerprint: 'bbb' })).toThrow(
        expect.objectContaining({ httpStatus: 400, body: expect.objectContaining({ type: 'idempotency_error' }) }),
      );
    }
    expect(() => decideExistingKey(row, { ...attempt, fingerprint: 'bbb' })).toThrow('same parameters');
  });

  it('is an error at another endpoint, which names both', () => {
    const elsewhere = { ...attempt, endpoint: 'POST /v1/charges/ch_1' };
    expect(() => decideExistingKey({ ...row, answer }, elsewhere)).toThrow(
      "'POST /v1/charges/ch_1' vs 'POST /v1/charges'",
    );
  });

  it('is in use while the first request runs', () => {
    expect(() => decideExistingKey(row, attempt)).toThrow(
      expect.objectContaining({
        httpStatus: 409,
        body: expect.objectContaining({ code: 'idempotency_key_in_use', type: 'invalid_request_error' }),
      }),
    );
  });

  it('lets the second wait in the place of a first whose process is gone', () => {
    expect(decideExistingKey({ ...row, holderAlive: false }, attempt)).toEqual({ kind: 'wait', waitMs: 5_000 });
  });

  it('is answered without waiting once the time of the first is up', () => {
    expect(decideExistingKey({ ...row, remainingMs: -3 }, attempt)).toEqual({ kind: 'wait', waitMs: 0 });
  });

  it('is our own when it names our request: the commit was not told of', () => {
    expect(decideExistingKey(row, { ...attempt, requestId: 'req_first' })).toEqual({ kind: 'wait', waitMs: 5_000 });
  });
});

describe('the header', () => {
  it('may be absent', () => expect(readKey(undefined)).toBeUndefined());
  it('has 1 to 255 characters', () => {
    expect(readKey('a')).toBe('a');
    expect(readKey('a'.repeat(255))).toHaveLength(255);
    for (const bad of ['', '  ', '""', 'a'.repeat(256)]) {
      expect(() => readKey(bad)).toThrow(expect.objectContaining({ httpStatus: 400 }));
    }
  });

  it('may be written as the IETF draft wants it, in quotes', () => {
    expect(readKey('"8e03978e-40d5"')).toBe('8e03978e-40d5');
    expect(readKey('"a\\"b\\\\c"')).toBe('a"b\\c');
    expect(readKey('"half')).toBe('"half');
  });

  it('is read as UTF-8, whose bytes Node shows as characters', () => {
    const sent = (key: string) => Buffer.from(key).toString('latin1');
    for (const key of ['ключ-1', '鍵', '😀'.repeat(255)]) expect(readKey(sent(key))).toBe(key);
    expect(() => readKey(sent('😀'.repeat(256)))).toThrow('256 characters long');
    expect(() => readKey('\xe4')).toThrow('Invalid UTF-8');
  });

  it('holds no card number, which would be stored', () => {
    for (const bad of ['4242424242424242', 'order-4242 4242 4242 4242', '"4242424242424242"']) {
      expect(() => readKey(bad)).toThrow('looks like a card number');
    }
    expect(readKey('stripe-node-retry-42424242-4242-4242-a242-424242424242')).toBeDefined();
  });

  it('can never name the key of a request without one', () => {
    const own = internalKey('req_1');
    expect(readKey(own)).not.toBe(own);
    expect(readKey(`"${own}"`)).not.toBe(own);
  });
});

describe('the fingerprint of a request', () => {
  const hash = new KeyedHash('a secret for tests only');
  const of = (form: string): string => fingerprintOfRequest(parseForm(form), hash);

  it('does not depend on order or spelling', () => {
    expect(of('b[y]=2&a=1&b[x]=3')).toBe(of('a=1&b[x]=3&b[y]=2'));
    expect(fingerprintOfRequest(parseJson('{"amount":5,"source":"tok_visa"}'), hash)).toBe(
      of('amount=5&source=tok_visa'),
    );
  });

  it('differs with any value, name or nesting', () => {
    const all = ['a=1', 'a=2', 'b=1', 'a[b]=1', 'a[]=1', 'a=1&b=', 'a[]=1&a[]=2', 'a[0]=2&a[1]=1'].map(of);
    expect(new Set(all).size).toBe(all.length);
  });

  it('is that of the version before, lists with indices included', () => {
    // Pinned, because databases hold it: a retry must match after an upgrade.
    expect(of('expand[0]=a&expand[1]=b&metadata[a]=1&capture=false')).toBe(
      hash.digest('request', '{"capture":"false","expand":["a","b"],"metadata":{"a":"1"}}'),
    );
    expect(of('expand[]=a&expand[]=b')).toBe(of('expand[0]=a&expand[1]=b'));
  });

  it('cannot be made without the secret', () => {
    expect(fingerprintOfRequest(parseForm('a=1'), new KeyedHash('another secret altogether'))).not.toBe(of('a=1'));
  });
});
