import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { RequestClaim } from '../idempotency/key.js';
import { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import { nothingToExpand } from '../protocol/expand.js';
import { jsonText } from '../protocol/json-text.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { hash, text } from '../protocol/parameter-schemas.js';
import { resourceMissing } from '../protocol/stripe-error.js';
import { findEvent } from '../stripe-events/stripe-event.repository.js';
import { stripeEventObject } from '../stripe-events/stripe-event.js';
import { Deliverer } from './delivery/deliverer.js';
import { WebhookDeliveryRepository } from './delivery/webhook-delivery.repository.js';

/** A valid `POST /v1/events/:id/retry`. */
export const resendParameters = hash(
  z.object({ expand: nothingToExpand, webhook_endpoint: text({ max: 255 }).nullable().default(null) }),
).transform(({ webhook_endpoint }) => ({ endpointId: webhook_endpoint }));
export type ResendParameters = z.output<typeof resendParameters>;

/** `POST /v1/events/:id/retry`, as `stripe events resend` calls it. */
@Injectable()
export class EventResend {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly deliveries: WebhookDeliveryRepository,
    private readonly deliverer: Deliverer,
  ) {}

  /** @throws StripeError 404 for the event, 400 for an endpoint that is none or disabled; neither is stored */
  async resend(claim: RequestClaim, id: string, { endpointId }: ResendParameters): Promise<KeyedAnswer> {
    const { account } = claim;
    let endpointIds: string[] = [];
    const answer = await this.keyed.answer(claim, async (tx) => {
      const found = await findEvent(tx, account, id);
      if (!found) throw resourceMissing('event', id, 'id');
      endpointIds = await this.deliveries.resend(tx, account, id, endpointId);
      if (endpointId !== null && endpointIds.length === 0)
        throw resourceMissing('webhook endpoint', endpointId, 'webhook_endpoint', 400);
      return {
        status: 200,
        body: jsonText(stripeEventObject(found.event, Math.max(found.pending, endpointIds.length))),
      };
    });
    this.deliverer.wake(endpointIds);
    return answer;
  }
}
