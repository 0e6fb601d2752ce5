import { createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeyedHash } from './keyed-hash.js';

describe('a keyed hash', () => {
  it('is the HMAC-SHA256 of its text under a key of its purpose', () => {
    const hash = new KeyedHash('a secret for tests only');
    const key = Buffer.from(hkdfSync('sha256', 'a secret for tests only', '', 'holdfast request', 32));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) =>
        expect(hash.digest('request', text)).toBe(createHmac('sha256', key).update(text).digest('base64url')),
      ),
    );
  });

  it('has nothing in common with that of another purpose or another secret', () => {
    const hash = new KeyedHash('a secret for tests only');
    const others = [hash.token('account', 'x'), new KeyedHash('another secret altogether').token('card', 'x')];
    expect(others).not.toContain(hash.token('card', 'x'));
    expect(hash.token('card', 'x')).toMatch(/^[0-9A-Za-z]{16}$/);
  });
});
