import { describe, expect, it } from '@jest/globals';
import { parseForm, parseJson } from './parameters.js';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the parameters of a request', () => {
  it('nest by brackets', () => {
    expect(plain(parseForm('metadata[order]=a%20b+c&source[number]=4242&created[gte]=1'))).toEqual({
      metadata: { order: 'a b c' },
      source: { number: '4242' },
      created: { gte: '1' },
    });
  });

  it('list with and without an index', () => {
    expect(plain(parseForm('expand[]=a&expand[]=b'))).toEqual({ expand: ['a', 'b'] });
    expect(plain(parseForm('expand[0]=a&expand[1]=b'))).toEqual({ expand: ['a', 'b'] });
  });

  it('count once, the last time, when they are repeated', () => {
    expect(plain(parseForm('amount=1&amount=2'))).toEqual({ amount: '2' });
  });

  it('mean the same as a form and as JSON', () => {
    const form = parseForm('amount=1000&capture=true&description=&metadata[a]=1&expand[]=x');
    const json = parseJson('{"amount":1000,"capture":true,"description":null,"metadata":{"a":1},"expand":["x"]}');
    expect(plain(json)).toEqual(plain(form));
  });

  it('touch no prototype', () => {
    parseForm('__proto__[polluted]=1&constructor[prototype][polluted]=1');
    parseJson('{"__proto__":{"polluted":1}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(plain(parseForm('metadata[constructor]=1'))).toEqual({ metadata: { constructor: '1' } });
  });

  it('are refused when they are no JSON, nest without end, or are too many', () => {
    expect(() => parseJson('{"amount":')).toThrow('not JSON');
    expect(() => parseJson('[1]')).toThrow('must be an object');
    expect(() => parseJson(`{"a":${'{"a":'.repeat(50)}1${'}'.repeat(50)}}`)).toThrow('nests deeper');
    expect(() => parseForm(`a${'[b]'.repeat(50)}=1`)).toThrow('nests deeper');
    expect(() => parseForm(Array.from({ length: 2000 }, (_, n) => `a${n}=1`).join('&'))).toThrow('too many');
  });

  it('hold no null character, which no database would take', () => {
    expect(() => parseForm('description=a%00b')).toThrow('null character');
    expect(() => parseJson('{"description":"a\\u0000b"}')).toThrow('null character');
  });

  it('survive broken percent signs', () => {
    expect(plain(parseForm('description=100%&a=%zz'))).toEqual({ description: '100%', a: '%zz' });
  });
});
