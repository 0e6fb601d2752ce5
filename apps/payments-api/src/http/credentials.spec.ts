import { describe, expect, it } from '@jest/globals';
import { readCredentials } from './credentials.js';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('the credentials of a request', () => {
  it('are a test key, as Bearer or as the user name of Basic', () => {
    expect(readCredentials('Bearer sk_test_abc')).toBe('sk_test_abc');
    expect(readCredentials('bearer sk_test_abc')).toBe('sk_test_abc');
    expect(readCredentials(basic('sk_test_abc:'))).toBe('sk_test_abc');
    expect(readCredentials(basic('sk_test_abc:ignored'))).toBe('sk_test_abc');
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Bearer pk_test_abc', 'Bearer sk_test_', 'Digest x', basic('nobody:')])(
    'are refused with 401 when they are %j',
    (header) => {
      expect(() => readCredentials(header)).toThrow(expect.objectContaining({ httpStatus: 401 }));
    },
  );

  it('are not repeated in the error', () => {
    const secret = 'sk_live_51HxyzTopSecretValue1234';
    expect(() => readCredentials(`Bearer ${secret}`)).toThrow('sk_live_****1234');
    expect(() => readCredentials(`Bearer ${secret}`)).not.toThrow('TopSecret');
    expect(() => readCredentials('Bearer sk_test_a-b')).toThrow('sk_test_****');
  });
});
