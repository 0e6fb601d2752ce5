import { createHmac, hkdfSync } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** What a hash is for; hashes of two purposes have nothing in common. */
export type Purpose = 'account' | 'api_key' | 'card' | 'request';

/**
 * Hashes under the API's secret: equal texts give equal hashes, and without the secret neither the text
 * can be found by trying nor a hash be made.
 */
export class KeyedHash {
  private readonly keys: Readonly<Record<Purpose, Buffer>>;

  constructor(secret: string) {
    const key = (purpose: Purpose): Buffer => Buffer.from(hkdfSync('sha256', secret, '', `holdfast ${purpose}`, 32));
    this.keys = { account: key('account'), api_key: key('api_key'), card: key('card'), request: key('request') };
  }

  /** 43 characters, base64url. */
  digest(purpose: Purpose, text: string): string {
    return createHmac('sha256', this.keys[purpose]).update(text).digest('base64url');
  }

  /** `length` letters and digits, as Stripe's ids are made of. About 5.95 bits each. */
  token(purpose: Purpose, text: string, length = 16): string {
    const bytes = createHmac('sha256', this.keys[purpose]).update(text).digest();
    let number = BigInt(`0x${bytes.toString('hex')}`);
    let token = '';
    for (; token.length < length; number /= 62n) token += ALPHABET[Number(number % 62n)]!;
    return token;
  }
}
