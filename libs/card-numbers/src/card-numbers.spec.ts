import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasCardNumber, hasCardNumberInside, maskCardNumbers, passesLuhn } from './card-numbers.js';

const lengthsOf = new Map([
  ['4', [13, 16, 19]],
  ['51', [16]],
  ['2221', [16]],
  ['2720', [16]],
  ['34', [15]],
  ['37', [15]],
  ['6011', [16, 19]],
  ['644', [16]],
  ['36', [14, 16, 19]],
  ['305', [14]],
  ['3528', [16, 19]],
  ['62', [16, 17, 18, 19]],
]);

/** Of a network, with its check digit. */
const cardNumber = fc.constantFrom(...lengthsOf.keys()).chain((first) =>
  fc.constantFrom(...lengthsOf.get(first)!).chain((length) =>
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((digits) => {
      const body = first + digits.join('').slice(0, length - 1 - first.length);
      return '0123456789'
        .split('')
        .map((check) => body + check)
        .find(passesLuhn)!;
    }),
  ),
);

const byFour = (digits: string, gap: string): string => digits.replaceAll(/(.{4})(?=.)/g, `$1${gap}`);
const asOnTheCard = (digits: string, gap: string): string =>
  digits.length <= 15 && digits.length >= 14
    ? digits.replace(/^(.{4})(.{6})/, `$1${gap}$2${gap}`)
    : byFour(digits, gap);
const gaps = [' ', '-', '.', '\u00a0', '\u2011', '  ', ' - ', '+', '%20', '\t'];
const written = cardNumber.chain((digits) =>
  fc.constantFrom(
    digits,
    ...gaps.flatMap((gap) => [byFour(digits, gap), asOnTheCard(digits, gap)]),
    digits.split('').join(' '),
  ),
);
const before = fc.constantFrom(
  '',
  ' ',
  '"',
  ':',
  '=',
  '/',
  '_',
  'card ',
  'pan-',
  'order.',
  '\n',
  ',',
  '(',
  'ü ',
  '12/30, ',
);
const after = fc.constantFrom('', ' ', '"', '&', '/', '_', ' card', '-x', '.', '\n', ',', ')', ' ü', ', 12/30');

describe('a card number', () => {
  it('is found in every notation and in any surrounding text', () => {
    fc.assert(
      fc.property(before, written, after, (...parts) => {
        const text = parts.join('');
        expect(maskCardNumbers(text, () => '#')).not.toBe(text);
        if (!/(?<!\d)\d{13}(?!\d)/.test(text)) expect(hasCardNumber(text)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is masked as a whole, and nothing else is', () => {
    fc.assert(
      fc.property(written, written, (one, other) => {
        expect(maskCardNumbers(`a ${one}, then "${other}".`, () => '#')).toBe('a #, then "#".');
      }),
    );
    expect(maskCardNumbers('no number 42 here', () => '#')).toBe('no number 42 here');
  });

  it('is found among other numbers', () => {
    for (const text of [
      '2026 4242 4242 4242 4242',
      '4242 4242 4242 4242 12/30',
      '4242 4242 4242 4242 123',
      '17 4242424242424242 123',
      '2026-11-30 4242-4242-4242-4242 19',
      '1,4242424242424242,123',
      'GET /v1/charges/4242424242424242?customer=4242+4242+4242+4242',
    ]) {
      expect(maskCardNumbers(text, () => '#')).not.toMatch(/4242/);
    }
  });

  it('has a network, one of its lengths, and a right check digit', () => {
    for (const other of [
      '4242424242424241',
      '1234567812345670',
      '9999999999999995',
      '42424242424242428',
      '51000000000008',
    ]) {
      expect(hasCardNumber(other)).toBe(false);
    }
  });

  it('is masked but not refused when it may be a bar code', () => {
    expect(hasCardNumber('4222222222222')).toBe(false);
    expect(maskCardNumbers('4222222222222', () => '#')).toBe('#');
    expect(hasCardNumber('4222 2222 2222 2')).toBe(true);
    expect(hasCardNumber('4222222222222 and 4242424242424242')).toBe(true);
  });

  it('is no id, no time, no amount and no fraction', () => {
    for (const harmless of [
      'ch_00Zk4242424242424242',
      '4242424242424242abc',
      '1767225600000',
      '0.4242424242424242',
      '4242424242424242.25',
      '192.168.100.200',
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      '123e4567-e89b-12d3-a456-426614174000',
      '42424242-4242-4242-a242-424242424242',
      '2026-11-30T19:53:17.123Z',
      '424242424242424242424242',
    ]) {
      expect([harmless, hasCardNumber(harmless)]).toEqual([harmless, false]);
    }
    // The SDK makes a key of each for every POST.
    fc.assert(fc.property(fc.uuid({ version: 4 }), (uuid) => !hasCardNumber(`stripe-node-retry-${uuid}`)));
    const digits = fc.integer({ min: 0, max: 9 });
    const numericUuid = fc.array(digits, { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(numericUuid, (all) => {
        const [a, b, c, d, e] = [
          [0, 8],
          [8, 12],
          [12, 16],
          [16, 20],
          [20, 32],
        ].map(([from, to]) => all.slice(from, to).join(''));
        return !hasCardNumber([a, b, c, d, e].join('-'));
      }),
    );
  });

  it('is found inside an id of hexadecimal digits, which has no edges', () => {
    expect(hasCardNumberInside('00000000000000004242424242424242')).toBe(true);
    expect(hasCardNumberInside('a4242424242424242b7')).toBe(true);
    expect(hasCardNumberInside('4bf92f3577b34da6a3ce929d0e0e4736')).toBe(false);
  });

  it('is searched in linear time', () => {
    for (const long of [
      '1 '.repeat(50_000),
      '1'.repeat(100_000),
      '1 2-3.'.repeat(20_000),
      `${'1234 '.repeat(30_000)}x`,
    ]) {
      expect(hasCardNumber(long)).toBe(false);
    }
  });
});
