import type { RefusalStatus } from '#http-door';
import { apiError, invalidRequest, shown, type StripeError } from './stripe-error.js';
import { stripeRouteFor, withPlainIds } from './unsupported.js';

/** Errors before a route: timeouts, oversized or malformed HTTP. */
export function doorError(status: RefusalStatus, { method = '', url = '' }: Endpoint = {}): StripeError {
  switch (status) {
    case 404:
      return unrecognizedUrl({ method, url });
    case 408:
      // Nothing has begun, so a retry is safe.
      return invalidRequest('The request did not arrive in time: its headers or its body are incomplete.', {
        status,
        headers: { 'stripe-should-retry': 'true' },
      });
    case 413:
      return invalidRequest('The request body is too large.', { status });
    case 417:
      return invalidRequest('The Expect header of the request asks for something that is not offered here.', {
        status,
      });
    case 431:
      return invalidRequest('The request headers are too large.', { status });
    case 503:
      return apiError('The server is shutting down, and the request has not been executed. Try again.', { status });
    case 400:
      return invalidRequest('The request could not be read: it is not valid HTTP.');
  }
}

interface Endpoint {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

const WHAT_IS = 'docs/compatibility.md lists those that are.';

/** Stripe's words: an SDK that is given an empty id asks for the list with a slash at its end. */
const EMPTY_ID =
  'If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure ' +
  'you passed a valid (non-empty) identifier in your code. ';

/**
 * Stripe answers a path that it does not know and a method that a path does not have alike. A route of Stripe's that is
 * not offered is named.
 *
 * @param served the path of the route that the request found, `/v1/charges/:id`, if its ids can be none
 */
export function unrecognizedUrl({ method, url }: { method: string; url: string }, served = ''): StripeError {
  const path = url.split('?', 1)[0]!;
  const route = stripeRouteFor(method, path);
  if (route !== undefined && route !== `${method} ${withPlainIds(served)}`) {
    return invalidRequest(`${route} is a route of Stripe's that is not offered here. ${WHAT_IS}`, { status: 404 });
  }
  if (path.startsWith('/v2/')) {
    return invalidRequest(`Stripe's API v2 (${method}: ${shown(path)}) is not offered here. ${WHAT_IS}`, {
      status: 404,
    });
  }
  const hint = path.endsWith('/') ? EMPTY_ID : '';
  return invalidRequest(
    `Unrecognized request URL (${method}: ${shown(path)}). ${hint}See https://stripe.com/docs for the API's routes. ${WHAT_IS}`,
    { status: 404 },
  );
}
