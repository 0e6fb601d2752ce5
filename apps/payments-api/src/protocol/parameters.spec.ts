import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { notEmpty } from '#testing';
import { expand } from './expand.js';
import * as schemas from './parameter-schemas.js';
import { merged, parseForm, parseJson, type Parameters } from './parameters.js';
import { readParameters } from './read-parameters.js';
import { plain } from '../http/testing/plain.js';

const form = (text: string) => plain(parseForm(text));
const json = (value: unknown) => plain(parseJson(JSON.stringify(value)));
/** As it travels: a character for each byte. */
const bytes = (text: string) => Buffer.from(text).toString('latin1');

const hostileNames = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '0', '1', '01'];
const oneOfThem = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
const text = oneOfThem.filter((each) => each.isWellFormed() && !/[\0[\]]/.test(each));
const name = fc.oneof(fc.constantFrom(...hostileNames), text);
const value = fc.oneof(text, fc.constant(''));
const hash = <Inner>(inner: fc.Arbitrary<Inner>) =>
  fc.uniqueArray(fc.tuple(name, inner), { selector: ([each]) => each, minLength: 1, maxLength: 5 });
const list = fc.array(value, { minLength: 1, maxLength: 4 });

/** A hash as its entries, so that no name of it can mean anything to JavaScript. */
type Entries = [string, string | string[] | Entries][];
const tree = hash(fc.oneof(value, list, hash(fc.oneof(value, list, hash(value))))) as fc.Arbitrary<Entries>;

function asForm(entries: Entries, escape: (part: string) => string): string {
  const pairs = (path: string, each: Entries[number][1]): string[] => {
    if (typeof each === 'string') return [`${escape(path)}=${escape(each)}`];
    return each.flatMap((part) =>
      typeof part === 'string' ? pairs(`${path}[]`, part) : pairs(`${path}[${part[0]}]`, part[1]),
    );
  };
  return entries.flatMap(([root, each]) => pairs(root, each)).join('&');
}

function asJson(each: Entries[number][1]): string {
  if (typeof each === 'string') return JSON.stringify(each);
  if (each.every((part) => typeof part === 'string')) return JSON.stringify(each);
  const parts = each.map(([key, part]) => `${JSON.stringify(key)}:${asJson(part)}`);
  return `{${parts.join()}}`;
}

const plainTree = (each: Entries[number][1]): unknown => {
  if (typeof each === 'string' || each.every((part) => typeof part === 'string')) return each;
  return Object.fromEntries(each.map(([key, part]) => [key, plainTree(part)]));
};

describe('the parameters of a request', () => {
  it('are the same in form and JSON, for any names', () => {
    const percent = (part: string): string => encodeURIComponent(part).replaceAll('%20', '+');
    // What has a meaning of its own in a form must be escaped; everything else may be.
    const raw = (part: string): string => bytes(part).replaceAll(/[%&=+]/g, encodeURIComponent);
    fc.assert(
      fc.property(tree, (entries) => {
        const expected = plainTree(entries);
        expect(plain(parseJson(asJson(entries)))).toEqual(expected);
        expect(form(asForm(entries, percent))).toEqual(expected);
        expect(form(asForm(entries, raw))).toEqual(expected);
      }),
    );
  });

  it('nest by brackets, encoded or not', () => {
    const expected = { metadata: { order: 'a b c' }, source: { number: '4242' }, created: { gte: '1' } };
    expect(form('metadata[order]=a%20b+c&source[number]=4242&created[gte]=1')).toEqual(expected);
    expect(form('metadata%5Border%5D=a+b%20c&source%5bnumber%5d=4242&created[gte]=1')).toEqual(expected);
  });

  it('count once, the last time, when they are repeated', () => {
    expect(form('amount=1&amount=2&a[b]=1&a[b]=2')).toEqual({ amount: '2', a: { b: '2' } });
  });

  it('are empty where there is no value, and where it is null', () => {
    expect(form('a&b=&&c=1&')).toEqual({ a: '', b: '', c: '1' });
    expect(json({ a: null, b: '' })).toEqual({ a: '', b: '' });
  });

  it('are text, as a form has nothing else', () => {
    expect(json({ amount: 1000, capture: true, rate: 0.5 })).toEqual({ amount: '1000', capture: 'true', rate: '0.5' });
    expect(plain(parseJson('{"id":12345678901234567890,"much":1e3}'))).toEqual({
      id: '12345678901234567890',
      much: '1000',
    });
  });

  it('touch no prototype', () => {
    const parsed = parseForm('__proto__[polluted]=1&constructor[prototype][polluted]=1');
    parseJson('{"__proto__":{"polluted":1}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect([...parsed.keys()]).toEqual(['__proto__', 'constructor']);
  });

  it.each(['a=1&a[b]=2', 'a[b]=1&a=2', 'a[]=1&a[b]=2', 'a[b]=1&a[]=2', 'a[b]=1&a[b][c]=2', 'a[]=1&a=2'])(
    'are refused when they are given in two shapes: %s',
    (text) => expect(() => parseForm(text)).toThrow('two shapes'),
  );

  it.each(['a[=1', 'a]=1', '[a]=1', 'a[b]c=1', 'a[[b]]=1', 'a[b=1', '[]=1'])(
    'are refused when their brackets are misplaced: %s',
    (text) => expect(() => parseForm(text)).toThrow('square brackets'),
  );

  it('have no brackets in their names in JSON either', () => {
    for (const bad of ['a[b]', ']', 'a[']) expect(() => json({ metadata: { [bad]: '1' } })).toThrow('square brackets');
  });

  it('are refused when they are no JSON, nest without end, or are too many', () => {
    expect(() => parseJson('{"amount":')).toThrow('not JSON');
    expect(() => parseJson('[1]')).toThrow('must be an object');
    expect(() => parseJson('"text"')).toThrow('must be an object');
    expect(() => parseJson(`{"a":${'{"a":'.repeat(50)}1${'}'.repeat(50)}}`)).toThrow('nests deeper');
    expect(() => parseJson(`${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`)).toThrow();
    expect(() => parseForm(`a${'[b]'.repeat(50)}=1`)).toThrow('nests deeper');
    const many = Array.from({ length: 1_001 }, (_, n) => [`a${n}`, '1'] as const);
    expect(() => parseForm(many.map((pair) => pair.join('=')).join('&'))).toThrow('too many');
    expect(() => json(Object.fromEntries(many))).toThrow('too many');
    expect(() => json({ a: Object.fromEntries(many) })).toThrow('too many');
    expect(form(`${'&'.repeat(2_000)}a=1`)).toEqual({ a: '1' });
  });

  it('nest as deep in JSON as in a form', () => {
    const deep = (levels: number): unknown => (levels === 0 ? '1' : { b: deep(levels - 1) });
    expect(json({ a: deep(6) })).toEqual(form(`a${'[b]'.repeat(6)}=1`));
    expect(() => json({ a: deep(7) })).toThrow('nests deeper');
    expect(() => parseForm(`a${'[b]'.repeat(7)}=1`)).toThrow('nests deeper');
  });

  it('hold no null character, which no database would take', () => {
    for (const bad of ['description=a%00b', 'description=a\0b', 'a%00b=1', 'metadata[a%00]=1']) {
      expect(() => parseForm(bad)).toThrow('null character');
    }
    for (const bad of [{ description: 'a\0b' }, { 'a\0': '1' }, { metadata: { 'a\0': '1' } }]) {
      expect(() => json(bad)).toThrow('null character');
    }
  });

  it('survive broken percent signs', () => {
    expect(form('description=100%&a=%zz')).toEqual({ description: '100%', a: '%zz' });
  });
});

describe('text that is no UTF-8', () => {
  const noText = {
    'Latin-1': [0xe4],
    'a byte alone': [0x80],
    'an overlong slash': [0xc0, 0xaf],
    'an overlong null': [0xc0, 0x80],
    'half a surrogate pair': [0xed, 0xa0, 0x80],
    'the end missing': [0xe2, 0x82],
    'beyond Unicode': [0xf5, 0x80, 0x80, 0x80],
  };
  const spellings = (some: number[]): string[] => [
    String.fromCharCode(...some),
    some.map((byte) => `%${byte.toString(16)}`).join(''),
    some.map((byte) => `%${byte.toString(16).toUpperCase()}`).join(''),
  ];

  it.each(Object.entries(noText))('is refused, value or name, percent-encoded or not: %s', (_, some) => {
    for (const spelled of notEmpty(spellings(some))) {
      for (const bad of [`description=M${spelled}rz`, `M${spelled}rz=1`, `metadata[${spelled}]=1`]) {
        expect(() => parseForm(bad)).toThrow('Invalid UTF-8');
      }
    }
  });

  it('is refused in JSON: half a surrogate pair, escaped', () => {
    for (const bad of ['{"a":"\\ud800"}', '{"a":"\\udc00x"}', '{"\\ud800":"1"}', '{"metadata":{"\\udfff":"1"}}']) {
      expect(() => parseJson(bad)).toThrow('Invalid UTF-8');
    }
    expect(plain(parseJson('{"a":"\\ud83d\\ude00"}'))).toEqual({ a: '😀' });
  });

  it('may be cut anywhere between percent signs and bytes', () => {
    expect(form(`description=M${bytes('ä')}rz+%F0%9F${bytes('😀').slice(2)}`)).toEqual({ description: 'März 😀' });
    expect(form('description=%EF%BB%BFa')).toEqual({ description: '\ufeffa' });
  });
});

describe('a parameter', () => {
  const reading = (schema: z.ZodType, parameters: Parameters): unknown => {
    const of = schemas.hash(z.object({ of: schema.optional() }));
    return readParameters(of, parameters).of;
  };
  const byKey = schemas.textsByKey('of', { keyMax: 40, max: 500 });
  const spelled = (entries: [string, string][]): Parameters[] => [
    parseForm(entries.map(([key, each]) => `of[${encodeURIComponent(key)}]=${encodeURIComponent(each)}`).join('&')),
    parseJson(`{"of":{${entries.map(([key, each]) => `${JSON.stringify(key)}:${JSON.stringify(each)}`).join()}}}`),
  ];

  it('that is a hash is one, for any keys', () => {
    fc.assert(
      fc.property(hash(value), (entries) => {
        const expected = new Map(entries.map(([key, each]) => [key, each === '' ? null : each]));
        for (const parameters of spelled(entries)) expect(reading(byKey, parameters)).toEqual(expected);
      }),
    );
  });

  it('that is a hash of known parameters takes none for a method of Object', () => {
    const known = schemas.hash(z.object({ number: schemas.text().optional() }));
    for (const hostile of hostileNames) {
      for (const parameters of notEmpty(spelled([[hostile, '1']]))) {
        expect(() => reading(known, parameters)).toThrow(
          expect.objectContaining({ body: expect.objectContaining({ param: `of[${hostile}]` }) }),
        );
      }
    }
  });

  it('that is a list is one, with indices or without', () => {
    const [a, b] = ['review', 'customer'];
    const lists = [
      `of[]=${a}&of[]=${b}`,
      `of[0]=${a}&of[1]=${b}`,
      `of[1]=${b}&of[0]=${a}`,
      `of[7]=${b}&of[2]=${a}`,
    ].map(parseForm);
    const inJson = parseJson(JSON.stringify({ of: [a, b] }));
    for (const each of [...lists, inJson]) expect(reading(expand('charge'), each)).toEqual([a, b]);
    const hundred = Array.from({ length: 150 }, (_, n) => (n % 3 === 0 ? a : b));
    const many = parseForm(hundred.map((path, n) => `of[${n}]=${path}`).join('&'));
    expect(reading(expand('charge'), many)).toEqual(hundred);
    for (const bad of [`of[a]=${a}`, `of[-1]=${a}`, `of=${a}`, 'of[0][b]=1']) {
      expect(() => reading(expand('charge'), parseForm(bad))).toThrow('Invalid');
    }
  });

  it('that is a hash is no list', () => {
    expect(() => reading(byKey, parseForm('of[]=a'))).toThrow('must be a hash');
    expect(() => reading(byKey, parseJson('{"of":["a"]}'))).toThrow('must be a hash');
  });

  it('that is text or a hash is told what is wrong with the one that was given', () => {
    const either = z.union([schemas.text({ max: 3 }), schemas.hash(z.object({ number: schemas.integer() }))]);
    expect(reading(either, parseForm('of=abc'))).toBe('abc');
    expect(reading(either, parseForm('of[number]=7'))).toEqual({ number: 7 });
    const told = (form: string, message: string) => expect(() => reading(either, parseForm(form))).toThrow(message);
    told('of=abcd', 'of must be at most 3 characters');
    told('of[number]=x', 'Invalid integer: x');
    told('of[colour]=red', 'Received unknown parameter: of[colour]');
    told('of[]=a', 'of is not text');
  });

  it('holds a card number nowhere but where one belongs', () => {
    const one = schemas.unsettable(schemas.text());
    for (const number of ['4242424242424242', '4242 4242 4242 4242', '3782-822463-10005', 'card: 4242424242424242!']) {
      for (const [schema, of] of [
        [one, number],
        [byKey, { key: number }],
        [byKey, { [number]: '1' }],
        [expand(null), [number]],
      ] as const) {
        const read = () => reading(schema, parseJson(JSON.stringify({ of })));
        expect(read).toThrow(
          expect.objectContaining({ httpStatus: 400, message: expect.stringContaining('card number') }),
        );
        expect(read).not.toThrow(/4242 ?4242|82246/);
        expect(read).not.toThrow(
          expect.objectContaining({
            body: expect.objectContaining({ param: expect.stringMatching(/4242 ?4242|82246/) }),
          }),
        );
      }
    }
    const given = parseForm('of=4242 4242 4242 4242');
    expect(reading(schemas.cardNumber({ max: 50 }), given)).toBe('4242 4242 4242 4242');
    for (const schema of [schemas.integer(), schemas.boolean(), schemas.oneOf(['a'])]) {
      expect(() => reading(schema, given)).toThrow();
      expect(() => reading(schema, given)).not.toThrow(/4242 4242/);
    }
    // With a letter before it, what is no card number passes.
    expect(reading(schemas.text(), parseForm('of=n4242424242424242'))).toBe('n4242424242424242');
  });

  it.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['1', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
    ['0', false],
  ])('that is a boolean may be written %s', (written, meant) => {
    expect(reading(schemas.boolean(), parseForm(`of=${written}`))).toBe(meant);
    expect(reading(schemas.boolean(), parseJson(JSON.stringify({ of: written })))).toBe(meant);
  });

  it('that is a boolean is nothing else', () => {
    expect(reading(schemas.boolean(), parseJson('{"of":true}'))).toBe(true);
    for (const bad of ['yes', 'on', '2', 'truе', 'T', 'null']) {
      expect(() => reading(schemas.boolean(), new Map([['of', bad]]))).toThrow('Invalid boolean');
    }
  });

  it('is as long as it has characters, not code units', () => {
    const emoji = '😀'.repeat(300);
    expect(reading(schemas.text({ max: 300 }), new Map([['of', emoji]]))).toBe(emoji);
    expect(() => reading(schemas.text({ max: 299 }), new Map([['of', emoji]]))).toThrow('at most 299 characters');
  });
});

describe('a query beside a body', () => {
  it('is read with it; where both name a parameter, the body’s is taken as a whole', () => {
    const both = merged(parseForm('amount=1&currency=usd&metadata[a]=1'), parseForm('amount=2&metadata[b]=2'));
    expect(plain(both)).toEqual({ amount: '2', currency: 'usd', metadata: { b: '2' } });
  });
});
