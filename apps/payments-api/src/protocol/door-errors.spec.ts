import { describe, expect, it } from '@jest/globals';
import { unrecognizedUrl } from './door-errors.js';

describe('an unrecognized URL', () => {
  it('that ends with a slash is told of the empty id that an SDK may have been given', () => {
    const told = unrecognizedUrl({ method: 'GET', url: '/v1/charges/?limit=1' }).body.message;
    expect(told).toContain('Unrecognized request URL (GET: /v1/charges/). If you are trying to list objects, remove');
    expect(told).toContain('make sure you passed a valid (non-empty) identifier');
    expect(unrecognizedUrl({ method: 'GET', url: '/v1/nothing?of=/' }).body.message).not.toContain('identifier');
  });
});
