import { invalidRequest, type StripeError } from '../protocol/stripe-error.js';

/** `sandbox`: every test key has an account of its own. `strict`: provisioned keys only. */
export type KeyPolicy = 'sandbox' | 'strict';

/** Characters of a Bearer token (RFC 6750, b64token), and of the user name in Basic. */
const TEST_KEY = /^sk_test_[A-Za-z0-9._~+/=-]{1,240}$/;
const ALPHABET = 'sk_test_, then 1 to 240 letters, digits and - . _ ~ + / =';

/**
 * The secret key of a request: `Authorization: Bearer sk_test_…`, or HTTP Basic with the key as user name.
 *
 * @throws StripeError 401
 */
export function readCredentials(authorization: string | undefined, policy: KeyPolicy): string {
  if (!authorization) {
    throw unauthorized(
      'You did not provide an API key. Send it in the Authorization header, as a Bearer token ' +
        "('Authorization: Bearer sk_test_…') or as the user name of HTTP Basic." +
        (policy === 'sandbox' ? ` Any key opens a sandbox of its own: ${ALPHABET}.` : ''),
    );
  }
  const [, scheme = '', value = ''] = /^(\S+)\s*(.*)$/.exec(authorization.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return testKey(value);
    case 'basic':
      return testKey(Buffer.from(value, 'base64').toString('latin1').split(':', 1)[0]!);
    default:
      throw unauthorized('The Authorization header must carry an API key as Bearer or as Basic.');
  }
}

/** 401 for an unknown key, redacted as Stripe does: recognisable, and useless. */
export function invalidApiKey(key: string): StripeError {
  return unauthorized(`Invalid API Key provided: ${masked(key)}`);
}

function testKey(key: string): string {
  if (TEST_KEY.test(key)) return key;
  if (key.startsWith('pk_')) {
    throw unauthorized(
      `This API is not called with a publishable key: ${masked(key)}. Stripe.js and other code of a browser are not ` +
        `offered here; call the API from your server, with an sk_test_ key.`,
      'secret_key_required',
    );
  }
  if (key.startsWith('rk_test_')) {
    throw unauthorized(`Restricted keys are not offered here: ${masked(key)}. Use an sk_test_ key.`);
  }
  if (/^(sk|rk)_live_/.test(key)) {
    throw unauthorized(
      `Live keys do not belong here: ${masked(key)}. This API moves no real money; use an sk_test_ key.`,
    );
  }
  throw unauthorized(`Invalid API Key provided: ${masked(key)}. A key is written as ${ALPHABET}.`);
}

function masked(key: string): string {
  const prefix = /^(sk|pk|rk)_(test|live)_/.exec(key)?.[0] ?? '';
  const secret = key.slice(prefix.length);
  return secret.length < 12 ? `${prefix}****` : `${prefix}****${secret.slice(-4)}`;
}

function unauthorized(message: string, code?: string): StripeError {
  return invalidRequest(message, { status: 401, ...(code !== undefined && { code }) });
}
