import { Stripe } from 'stripe';
import type { RunningApi } from './running-api.js';

let accounts = 0;

/** The official package, unmodified, with an account of its own. */
export function officialStripe(
  api: RunningApi,
  { key = `sk_test_sdk${process.pid}x${++accounts}`, maxNetworkRetries = 0 } = {},
): Stripe {
  const { hostname, port } = new URL(api.url);
  return new Stripe(key, { host: hostname, port, protocol: 'http', telemetry: false, maxNetworkRetries });
}

/** @returns the error of a rejected call; fails if the call succeeds */
export async function errorOf(promise: Promise<unknown>): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('it should have been refused');
}
