/** Types of events that are raised here, of all that Stripe has. */
export const raisedTypes = [
  'charge.captured',
  'charge.expired',
  'charge.failed',
  'charge.pending',
  'charge.refund.updated',
  'charge.refunded',
  'charge.succeeded',
  'charge.updated',
  'customer.created',
  'customer.deleted',
  'customer.updated',
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'refund.created',
  'refund.failed',
  'refund.updated',
  'setup_intent.canceled',
  'setup_intent.created',
  'setup_intent.requires_action',
  'setup_intent.setup_failed',
  'setup_intent.succeeded',
] as const;
export type RaisedType = (typeof raisedTypes)[number];

/** The raised types that a name, or a group as `charge.*`, stands for. A type that is never raised stands for none. */
export function raisedTypesOf(name: string): RaisedType[] {
  if (name === '*') return [...raisedTypes];
  if (!name.endsWith('.*')) return raisedTypes.filter((type) => type === name);
  return raisedTypes.filter((type) => type.startsWith(name.slice(0, -1)));
}
