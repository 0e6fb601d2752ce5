import type { Instant } from '#clock';
import type { OpenedCharge } from '../../charges/charge/charge.js';
import type { RaisedType } from '../../stripe-events/raised-types.js';
import type { NewStripeEvent } from '../../stripe-events/stripe-event.js';
import type { PaymentIntent } from '../intent/payment-intent.js';
import { statusOf, type ChargedIntent, type IntentStatus } from '../state/intent-status.js';
import { intentObject } from './intent-object.js';

/** An event of Stripe's about an intent, before its account and its cause are known. */
export type IntentNews = Pick<NewStripeEvent, 'type' | 'object'>;

const newsOf = (type: RaisedType, charged: ChargedIntent, now: Instant): IntentNews => ({
  type,
  object: intentObject(charged, [], now) as { readonly id: string },
});

/** Of an intent that is new, as it is before its first confirmation. */
export function createdEvent(intent: PaymentIntent, now: Instant): IntentNews {
  const unconfirmed = { ...intent, latestCharge: null, authentication: null, failedSetup: null };
  return newsOf('payment_intent.created', { intent: unconfirmed, charge: null }, now);
}

/** A request was answered while the charge of the intent was under way. */
export const processingEvent = (charged: ChargedIntent, now: Instant): IntentNews =>
  newsOf('payment_intent.processing', charged, now);

/**
 * What a request did to an intent by itself. A charge that it opens tells its outcome later.
 *
 * @param before null when the request created the intent
 */
export function requestedEvents(before: PaymentIntent | null, after: ChargedIntent, now: Instant): IntentNews[] {
  const { intent } = after;
  const created = before ? [] : [createdEvent(intent, now)];
  if (intent.failedSetup && intent.failedSetup !== before?.failedSetup)
    return [...created, newsOf('payment_intent.payment_failed', after, now)];
  const status = statusOf(after);
  if (status === 'requires_action' && intent.authentication !== before?.authentication)
    return [...created, newsOf('payment_intent.requires_action', after, now)];
  if (status === 'canceled' && before?.cancellation !== intent.cancellation)
    return [...created, newsOf('payment_intent.canceled', after, now)];
  return created;
}

const outcomes: Partial<Record<IntentStatus, RaisedType>> = {
  succeeded: 'payment_intent.succeeded',
  requires_capture: 'payment_intent.amount_capturable_updated',
  requires_payment_method: 'payment_intent.payment_failed',
  canceled: 'payment_intent.canceled',
};

/** What became of an intent by an outcome of its latest charge. */
export function settledEvents(
  intent: PaymentIntent,
  before: OpenedCharge,
  after: OpenedCharge,
  now: Instant,
): IntentNews[] {
  if (before.state === after.state || intent.latestCharge !== after.opening.id) return [];
  const charged = { intent, charge: after };
  const type = outcomes[statusOf(charged)];
  return type ? [newsOf(type, charged, now)] : [];
}
