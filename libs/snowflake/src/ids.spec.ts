import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { encodeBase62 } from './base62.js';
import { newId, SnowflakeIds } from './ids.js';

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

function decode(text: string): bigint {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return Array.from(text).reduce((value, digit) => value * 62n + BigInt(digits.indexOf(digit)), 0n);
}

describe('encodeBase62', () => {
  it('keeps every 64-bit number, in eleven characters', () => {
    fc.assert(
      fc.property(uint64, (value) => {
        const text = encodeBase62(value);
        expect(text).toMatch(/^[0-9A-Za-z]{11}$/);
        expect(decode(text)).toBe(value);
      }),
    );
  });

  it('sorts as text like the numbers', () => {
    fc.assert(
      fc.property(uint64, uint64, (a, b) => {
        expect(encodeBase62(a) < encodeBase62(b)).toBe(a < b);
      }),
    );
  });

  it('rejects anything but an unsigned 64-bit number', () => {
    for (const value of [-1n, 2n ** 64n]) expect(() => encodeBase62(value)).toThrow('unsigned 64-bit');
  });
});

describe('SnowflakeIds', () => {
  it('writes a prefix and the number', () => {
    let number = 61n;
    const ids = new SnowflakeIds({ next: () => number++ });
    expect([ids.next('ch'), ids.next('evt')]).toEqual(['ch_0000000000z', 'evt_00000000010']);
  });

  it('rejects a prefix that could be part of the number', () => {
    for (const prefix of ['', 'Ch', 'ch_', 'ch1']) expect(() => newId(prefix, 1n)).toThrow('no prefix');
  });
});
