import type { Instant } from '#clock';
import type { EventCause } from './event-cause.js';
import type { RaisedType } from './raised-types.js';

/** An event of Stripe's API to write. */
export interface NewStripeEvent {
  readonly account: string;
  readonly type: RaisedType;
  /** The object that it is about, as the API shows it without expansions. */
  readonly object: { readonly id: string };
  /** What changed, with the values from before. Absent when the event is the object's first. */
  readonly previousAttributes?: object | undefined;
  /** Null for what time brought about, or when the key of its request was pruned. */
  readonly cause: EventCause | null;
}

/** An event as it is stored. */
export interface StripeEvent {
  readonly id: string;
  readonly type: RaisedType;
  /** On the account's clock. */
  readonly createdAt: Instant;
  readonly apiVersion: string;
  /** JSON text, rendered once. */
  readonly object: string;
  /** JSON text. */
  readonly previousAttributes: string | null;
  readonly requestId: string | null;
  readonly requestKey: string | null;
}

/** Stripe's event object. @param pendingWebhooks endpoints that have not received it yet */
export function stripeEventObject(event: StripeEvent, pendingWebhooks: number): object {
  const { id, type, createdAt, apiVersion, object, previousAttributes, requestId, requestKey } = event;
  return {
    id,
    object: 'event',
    api_version: apiVersion,
    created: Math.floor(createdAt / 1000),
    data: {
      object: JSON.parse(object) as object,
      ...(previousAttributes !== null && { previous_attributes: JSON.parse(previousAttributes) as object }),
    },
    livemode: false,
    pending_webhooks: pendingWebhooks,
    request: { id: requestId, idempotency_key: requestKey },
    type,
  };
}
