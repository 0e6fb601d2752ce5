import { hash, hkdfSync } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Domain separation: hashes of two purposes are unrelated. */
export type Purpose = 'account' | 'api_key' | 'card' | 'client_secret' | 'request' | 'webhook';

/**
 * HMAC under the API's secret: equal texts have equal hashes, and without the secret hashes can be neither
 * reversed by guessing nor forged.
 */
export class KeyedHash {
  private readonly keys: Readonly<Record<Purpose, HmacKey>>;

  constructor(secret: string) {
    const key = (purpose: Purpose): HmacKey =>
      hmacKey(Buffer.from(hkdfSync('sha256', secret, '', `holdfast ${purpose}`, 32)));
    this.keys = {
      account: key('account'),
      api_key: key('api_key'),
      card: key('card'),
      client_secret: key('client_secret'),
      request: key('request'),
      webhook: key('webhook'),
    };
  }

  /** 43 characters, base64url. */
  digest(purpose: Purpose, text: string): string {
    return hmac(this.keys[purpose], text).toString('base64url');
  }

  /** `length` letters and digits, like Stripe's ids. About 5.95 bits each. */
  token(purpose: Purpose, text: string, length = 16): string {
    let number = BigInt(`0x${hmac(this.keys[purpose], text).toString('hex')}`);
    let token = '';
    for (; token.length < length; number /= 62n) token += ALPHABET[Number(number % 62n)]!;
    return token;
  }
}

interface HmacKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const BLOCK_BYTES = 64;

/** RFC 2104, for a key no longer than a block. */
function hmacKey(key: Buffer): HmacKey {
  const padded = Buffer.alloc(BLOCK_BYTES);
  key.copy(padded);
  return { inner: padded.map((byte) => byte ^ 0x36) as Buffer, outer: padded.map((byte) => byte ^ 0x5c) as Buffer };
}

/** Node's Hmac object costs several times its two hashes. */
function hmac({ inner, outer }: HmacKey, text: string): Buffer {
  const inside = hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
  return hash('sha256', Buffer.concat([outer, inside]), 'buffer');
}
