import { createHmac } from 'node:crypto';

/**
 * The header `Stripe-Signature`, as `webhooks.constructEvent` of every SDK reads it.
 *
 * @param secrets each signs: a receiver accepts the one that it has
 * @param seconds real time; receivers refuse what is older than five minutes
 */
export function stripeSignature(body: string, secrets: readonly string[], seconds: number): string {
  const signed = secrets.map((secret) => createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'));
  return [`t=${seconds}`, ...signed.map((signature) => `v1=${signature}`)].join(',');
}
