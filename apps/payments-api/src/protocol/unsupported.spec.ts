import { describe, expect, it } from '@jest/globals';
import { unrecognizedUrl } from './door-errors.js';
import { stripeRouteFor } from './unsupported.js';

describe('a request', () => {
  it.each([
    ['POST', '/v1/subscriptions', 'POST /v1/subscriptions'],
    ['GET', '/v1/coupons/SUMMER', 'GET /v1/coupons/:id'],
    ['GET', '/v1/charges/search', 'GET /v1/charges/search'],
    ['GET', '/v1/charges/ch_1', 'GET /v1/charges/:id'],
    ['POST', '/v1/checkout/sessions/cs_1/expire', 'POST /v1/checkout/sessions/:id/expire'],
    ['GET', '/v1/charges/', undefined],
    ['PUT', '/v1/charges', undefined],
    ['GET', '/v1/unicorns', undefined],
  ])('%s %s is for %s', (method, path, route) => {
    expect(stripeRouteFor(method, path)).toBe(route);
  });

  it('that is not served is answered by its name', () => {
    const { httpStatus, body } = unrecognizedUrl({ method: 'POST', url: '/v1/subscriptions?expand[]=a' });
    expect([httpStatus, body]).toEqual([
      404,
      {
        type: 'invalid_request_error',
        message:
          "POST /v1/subscriptions is a route of Stripe's that is not offered here. docs/compatibility.md lists those that are.",
      },
    ]);
  });

  it('of the second version of the API is told so', () => {
    expect(unrecognizedUrl({ method: 'GET', url: '/v2/core/events' }).message).toContain("Stripe's API v2");
  });

  it('whose id can be none is for an unknown URL, not for a route that is not offered', () => {
    const message = (url: string) => unrecognizedUrl({ method: 'GET', url }, '/v1/charges/:id').message;
    expect(message('/v1/charges/nonsense')).toContain('Unrecognized request URL (GET: /v1/charges/nonsense).');
    expect(message('/v1/charges/search')).toContain('GET /v1/charges/search is a route');
  });
});
