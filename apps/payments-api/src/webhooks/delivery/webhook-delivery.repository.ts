import { Injectable } from '@nestjs/common';
import { Database, statement, type PgTransaction } from '#postgres';
import type { StripeEvent } from '../../stripe-events/stripe-event.js';
import type { DeliveryAttempt } from '../webhook-delivery.entity.js';

/** How many deliveries of an endpoint to take at once. */
export interface ClaimWish {
  readonly endpointId: string;
  readonly count: number;
}

/** A delivery that this process attempts now. */
export interface ClaimedDelivery extends StripeEvent {
  readonly eventId: string;
  readonly endpointId: string;
  /** This one included: a result of an attempt counts only while no other has begun. */
  readonly attempts: number;
  readonly log: readonly DeliveryAttempt[];
  /** Null when its event or its endpoint is gone. */
  readonly url: string | null;
  readonly isEnabled: boolean;
  readonly secretVersion: number;
  readonly hasOverlap: boolean;
  /** Endpoints that have not received the event, this one included. */
  readonly pending: number;
}

/** What became of an attempt. */
export interface DeliveryOutcome extends Pick<ClaimedDelivery, 'eventId' | 'endpointId' | 'attempts' | 'log'> {
  readonly state: 'pending' | 'delivered' | 'abandoned';
  readonly delayMs: number;
}

/**
 * Takes what is due, each delivery by one instance. The attempt is due again when its process must have given up, so that
 * what a process that died was about to deliver is delivered by another.
 */
export const claimDeliveriesStatement = statement(
  'webhook_delivery_claim',
  `WITH claimed AS (
     UPDATE webhook_delivery SET attempts = attempts + 1, due_at = now() + $3::int8 * interval '1 ms'
     WHERE ctid = ANY (ARRAY(
       SELECT due.place FROM unnest($1::text[], $2::int4[]) AS wanted (endpoint_id, free)
       CROSS JOIN LATERAL (
         SELECT ctid AS place FROM webhook_delivery
         WHERE webhook_delivery.endpoint_id = wanted.endpoint_id AND state = 'pending' AND due_at <= now()
         ORDER BY due_at LIMIT wanted.free FOR UPDATE SKIP LOCKED
       ) AS due
     ))
     RETURNING event_id, endpoint_id, attempts, log
   )
   SELECT claimed.event_id AS "eventId", claimed.endpoint_id AS "endpointId", claimed.attempts, claimed.log, event.*,
          endpoint.url, coalesce(endpoint.is_enabled, false) AS "isEnabled",
          endpoint.secret_version AS "secretVersion", coalesce(endpoint.has_overlap, false) AS "hasOverlap",
          waiting.pending
   FROM claimed
   LEFT JOIN LATERAL (
     SELECT id, type, created_at AS "createdAt", api_version AS "apiVersion", object,
            previous_attributes AS "previousAttributes", request_id AS "requestId", request_key AS "requestKey"
     FROM stripe_event WHERE stripe_event.id = claimed.event_id LIMIT 1
   ) AS event ON true
   LEFT JOIN LATERAL (
     SELECT url, status = 'enabled' AS is_enabled, secret_version, previous_secret_until > now() AS has_overlap
     FROM webhook_endpoint WHERE webhook_endpoint.id = claimed.endpoint_id LIMIT 1
   ) AS endpoint ON true
   CROSS JOIN LATERAL (
     SELECT count(*)::int4 AS pending FROM webhook_delivery AS other
     WHERE other.event_id = claimed.event_id AND other.state || '' = 'pending'
   ) AS waiting`,
);

/** A result that comes late, when another attempt has begun, counts only if it delivered. */
export const recordDeliveriesStatement = statement(
  'webhook_delivery_record',
  `UPDATE webhook_delivery AS stored
   SET state = ended.state, due_at = now() + ended.delay_ms * interval '1 ms', log = ended.log
   FROM unnest($1::text[], $2::text[], $3::int4[], $4::text[], $5::int8[], $6::jsonb[])
     AS ended (event_id, endpoint_id, attempts, state, delay_ms, log)
   CROSS JOIN LATERAL (
     SELECT ctid FROM webhook_delivery AS found
     WHERE found.event_id = ended.event_id AND found.endpoint_id = ended.endpoint_id LIMIT 1
   ) AS place
   WHERE stored.ctid = place.ctid AND stored.state || '' = 'pending'
     AND (ended.state = 'delivered' OR stored.attempts = ended.attempts)`,
);

/** A page of endpoints of all accounts, each with whether a delivery of it is due. */
export const dueEndpointsStatement = statement(
  'webhook_delivery_due',
  `SELECT endpoint.id, (
     SELECT true FROM webhook_delivery
     WHERE webhook_delivery.endpoint_id = endpoint.id AND state = 'pending' AND due_at <= now()
     ORDER BY due_at LIMIT 1
   ) IS NOT NULL AS "isDue"
   FROM (SELECT id FROM webhook_endpoint WHERE id > $1 ORDER BY id LIMIT $2) AS endpoint ORDER BY endpoint.id`,
);

/** Brings the retries of an account nearer by as much as its clock goes ahead. */
export const hastenStatement = statement(
  'webhook_delivery_hasten',
  `UPDATE webhook_delivery SET due_at = due_at - $2::int8 * interval '1 ms'
   WHERE account = $1 AND state <> 'delivered' AND state || '' = 'pending'`,
);

/** Makes an event due again, also for an endpoint that it was not meant for or has received. */
export const resendStatement = statement(
  'webhook_delivery_resend',
  `INSERT INTO webhook_delivery (event_id, endpoint_id, account, event_created_at)
   SELECT event.id, endpoint.id, event.account, event.created_at
   FROM (SELECT id, account, type, created_at FROM stripe_event WHERE id = $1 AND account = $2) AS event
   CROSS JOIN LATERAL (
     SELECT id FROM webhook_endpoint
     WHERE webhook_endpoint.account = event.account AND webhook_endpoint.id <> '' AND status = 'enabled'
       AND (id = $3 OR ($3 IS NULL AND ('*' = ANY (enabled_events) OR event.type = ANY (enabled_events))))
   ) AS endpoint
   ON CONFLICT (event_id, endpoint_id) DO UPDATE SET state = 'pending', attempts = 0, due_at = now()
   RETURNING endpoint_id AS "endpointId"`,
);

@Injectable()
export class WebhookDeliveryRepository {
  constructor(private readonly database: Database) {}

  claim(wishes: readonly ClaimWish[], leaseMs: number): Promise<ClaimedDelivery[]> {
    return this.database.query<ClaimedDelivery>(claimDeliveriesStatement, [
      wishes.map(({ endpointId }) => endpointId),
      wishes.map(({ count }) => count),
      leaseMs,
    ]);
  }

  async record(outcomes: readonly DeliveryOutcome[]): Promise<void> {
    await this.database.query(recordDeliveriesStatement, [
      outcomes.map(({ eventId }) => eventId),
      outcomes.map(({ endpointId }) => endpointId),
      outcomes.map(({ attempts }) => attempts),
      outcomes.map(({ state }) => state),
      outcomes.map(({ delayMs }) => delayMs),
      outcomes.map(({ log }) => JSON.stringify(log)),
    ]);
  }

  /** @returns a page of endpoints, in the order of their ids */
  due(after: string, limit: number): Promise<{ id: string; isDue: boolean }[]> {
    return this.database.query<{ id: string; isDue: boolean }>(dueEndpointsStatement, [after, limit]);
  }

  hasten(tx: PgTransaction, account: string, aheadMs: number): void {
    tx.enqueue(hastenStatement, [account, aheadMs]);
  }

  /** @param endpointId null: every endpoint that wants it. @returns the endpoints */
  async resend(tx: PgTransaction, account: string, eventId: string, endpointId: string | null): Promise<string[]> {
    const rows = await tx.query<{ endpointId: string }>(resendStatement, [eventId, account, endpointId]);
    return rows.map((row) => row.endpointId);
  }

  isTransient(error: unknown): boolean {
    return this.database.isTransient(error);
  }
}
