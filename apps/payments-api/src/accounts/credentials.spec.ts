import { describe, expect, it } from '@jest/globals';
import { readCredentials as read } from './credentials.js';

const readCredentials = (header: string | undefined) => read(header, 'sandbox');
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('the credentials of a request', () => {
  it('are a test key, as Bearer or as the user name of Basic', () => {
    expect(readCredentials('Bearer sk_test_abc')).toBe('sk_test_abc');
    expect(readCredentials('bearer sk_test_abc')).toBe('sk_test_abc');
    expect(readCredentials(basic('sk_test_abc:'))).toBe('sk_test_abc');
    expect(readCredentials(basic('sk_test_abc:ignored'))).toBe('sk_test_abc');
  });

  it.each(['my-shop', 'a', 'my.shop_1~x', 'a+b/c==', '1'.repeat(240)])('may be called sk_test_%s', (name) => {
    expect(readCredentials(`Bearer sk_test_${name}`)).toBe(`sk_test_${name}`);
    expect(readCredentials(basic(`sk_test_${name}:`))).toBe(`sk_test_${name}`);
  });

  it.each(['my shop', 'кл', 'ä', 'a@b', '1'.repeat(241), 'a,b', '\0'])(
    'are told the alphabet when they are called sk_test_%j',
    (name) => {
      for (const header of [`Bearer sk_test_x${Buffer.from(name).toString('latin1')}!`, basic(`sk_test_${name}:`)]) {
        expect(() => readCredentials(header)).toThrow('1 to 240 letters, digits and - . _ ~ + / =');
      }
    },
  );

  it('are suggested in sandbox mode only', () => {
    expect(() => read(undefined, 'sandbox')).toThrow('Any key opens a sandbox');
    for (const header of [undefined, '', 'Bearer nothing', 'Basic x', 'Digest x', 'Bearer sk_test_']) {
      expect(() => read(header, 'strict')).toThrow(expect.objectContaining({ httpStatus: 401 }));
      expect(() => read(header, 'strict')).not.toThrow(/[Aa]ny|sandbox/);
    }
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Bearer pk_test_abc', 'Bearer sk_test_', 'Digest x', basic('nobody:')])(
    'are refused with 401 when they are %j',
    (header) => {
      expect(() => readCredentials(header)).toThrow(expect.objectContaining({ httpStatus: 401 }));
    },
  );

  it('are refused by name when they are of a browser, or restricted', () => {
    const publishable = { code: 'secret_key_required', message: expect.stringContaining('Stripe.js') };
    expect(() => readCredentials('Bearer pk_test_abc')).toThrow(
      expect.objectContaining({ httpStatus: 401, body: expect.objectContaining(publishable) }),
    );
    expect(() => readCredentials(basic('rk_test_abc:'))).toThrow('Restricted keys are not offered here');
  });

  it('are not repeated in the error', () => {
    const secret = 'sk_live_51HxyzTopSecretValue1234';
    expect(() => readCredentials(`Bearer ${secret}`)).toThrow('sk_live_****1234');
    expect(() => readCredentials(`Bearer ${secret}`)).not.toThrow('TopSecret');
    expect(() => readCredentials('Bearer sk_test_a,b')).toThrow('sk_test_****');
  });
});
