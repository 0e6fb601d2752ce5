import type { Instant } from '#clock';
import { statement, type Sql, type Statement } from '#postgres';
import { ofWholeList, pageValues, withinBounds } from '../lists/list-statements.repository.js';
import type { ListBounds, ListPage } from '../protocol/list-parameters.js';
import type { RaisedType } from './raised-types.js';
import type { StripeEvent } from './stripe-event.js';

/**
 * Inserts events, and a delivery for each enabled endpoint that wants its type. An endpoint that the statement does not
 * see was not yet told to its merchant when the change began. The LIMIT, above what an account can have, keeps the planner
 * on one index probe for each event.
 */
export const raiseStatement = statement(
  'stripe_event_raise',
  `WITH raised AS (
     INSERT INTO stripe_event (id, account, type, created_at, object_id, object, previous_attributes, request_id,
                               request_key, api_version)
     SELECT id, account, type, to_timestamp(created_ms / 1000.0), object_id, object, previous, request_id, request_key,
            api_version
     FROM unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[], $6::text[], $7::text[], $8::text[],
                 $9::text[], $10::text[])
       AS new (id, account, type, created_ms, object_id, object, previous, request_id, request_key, api_version)
     RETURNING id, account, type, created_at
   )
   INSERT INTO webhook_delivery (event_id, endpoint_id, account, event_created_at)
   SELECT raised.id, wanting.id, raised.account, raised.created_at FROM raised
   CROSS JOIN LATERAL (
     SELECT id FROM webhook_endpoint
     WHERE webhook_endpoint.account = raised.account AND webhook_endpoint.id <> '' AND status = 'enabled'
       AND ('*' = ANY (enabled_events) OR raised.type = ANY (enabled_events))
     LIMIT 100
   ) AS wanting
   RETURNING endpoint_id AS "endpointId"`,
);

const columns = `id, type, created_at AS "createdAt", api_version AS "apiVersion", object,
  previous_attributes AS "previousAttributes", request_id AS "requestId", request_key AS "requestKey"`;

// `state || ''` keeps the planner off the partial indexes of deliveries: an event's few are found by its id. A subquery
// with LIMIT stays a probe for each row; EXISTS would become a join.

/** Endpoints that have not received the event yet, of those that exist. */
const withPending = (rows: string): string => `
  SELECT event.*, waiting.pending FROM (${rows}) AS event
  CROSS JOIN LATERAL (
    SELECT count(*)::int4 AS pending FROM webhook_delivery
    WHERE webhook_delivery.event_id = event.id AND state || '' = 'pending'
      AND (SELECT true FROM webhook_endpoint WHERE webhook_endpoint.id = webhook_delivery.endpoint_id LIMIT 1)
  ) AS waiting`;

export const findEventStatement = statement(
  'stripe_event_find',
  withPending(`SELECT ${columns} FROM stripe_event WHERE id = $1 AND account = $2`),
);

/** A page is merged from the first rows of each type, so one index serves every filter. */
const page = (order: 'ASC' | 'DESC', condition: string): string =>
  `${withPending(
    `SELECT found.* FROM unnest($7::text[]) AS wanted (type)
     CROSS JOIN LATERAL (
       SELECT ${columns} FROM stripe_event
       WHERE account = $1 AND stripe_event.type = wanted.type AND ${ofWholeList} AND ${withinBounds}${condition}
       ORDER BY created_at ${order}, id ${order} LIMIT $6
     ) AS found
     ORDER BY found."createdAt" ${order}, found.id ${order} LIMIT $6`,
  )} ORDER BY "createdAt" ${order}, id ${order}`;

const isDelivered = `
         AND (
           SELECT true FROM webhook_delivery
           WHERE webhook_delivery.event_id = stripe_event.id AND state || '' <> 'delivered' LIMIT 1) IS NULL`;

/** By the index of what is undelivered. An event that several endpoints have not received is found by the first. */
const undelivered = (order: 'ASC' | 'DESC'): string =>
  `${withPending(
    `SELECT found.* FROM (
       SELECT event_created_at AS created_at, event_id AS id, endpoint_id FROM webhook_delivery
       WHERE account = $1 AND state <> 'delivered'
     ) AS missing
     CROSS JOIN LATERAL (SELECT ${columns} FROM stripe_event WHERE stripe_event.id = missing.id LIMIT 1) AS found
     WHERE found.type = ANY ($7::text[]) AND ${withinBounds.replaceAll('created_at, id', 'missing.created_at, missing.id')}
       AND (
         SELECT true FROM webhook_delivery AS other
         WHERE other.event_id = missing.id AND other.endpoint_id < missing.endpoint_id
           AND other.state || '' <> 'delivered' LIMIT 1) IS NULL
     ORDER BY missing.created_at ${order}, missing.id ${order} LIMIT $6`,
  )} ORDER BY "createdAt" ${order}, id ${order}`;

const both = (name: string, make: (order: 'ASC' | 'DESC') => string): Record<ListPage['direction'], Statement> => ({
  down: statement(`${name}_down`, make('DESC')),
  up: statement(`${name}_up`, make('ASC')),
});
const allEvents = both('stripe_events', (order) => page(order, ''));
const deliveredEvents = both('stripe_events_delivered', (order) => page(order, isDelivered));
const undeliveredEvents = both('stripe_events_undelivered', undelivered);
export const eventLists: readonly Statement[] = [allEvents, deliveredEvents, undeliveredEvents].flatMap((each) =>
  Object.values(each),
);

/** Ids begin with the time, so what is older than a time has lower ids. */
export const pruneEventsStatement = statement(
  'stripe_event_prune',
  `DELETE FROM stripe_event WHERE id = ANY (ARRAY(
     SELECT id FROM stripe_event WHERE id < $1 ORDER BY id LIMIT $2
   ))
   RETURNING id`,
);
export const pruneDeliveriesStatement = statement(
  'webhook_delivery_prune',
  'DELETE FROM webhook_delivery WHERE event_id = ANY ($1::text[])',
);

/** An event with the number of endpoints that have not received it yet. */
export interface FoundEvent {
  readonly event: StripeEvent;
  readonly pending: number;
}

export interface EventFilters {
  readonly types: readonly RaisedType[];
  /** Whether every endpoint has received it; null: either. */
  readonly deliverySuccess: boolean | null;
}

/** A page of an account's events. */
export interface EventPage extends ListBounds, Pick<ListPage, 'direction' | 'limit'> {
  readonly account: string;
  readonly filters: EventFilters;
}

type EventRow = StripeEvent & { readonly pending: number; readonly createdAt: Instant };

/** @returns undefined when this account has no such event */
export async function findEvent(sql: Sql, account: string, id: string): Promise<FoundEvent | undefined> {
  const [row] = await sql.query<EventRow>(findEventStatement, [id, account]);
  return row && foundIn(row);
}

/** In the order of the page's direction. */
export async function listEvents(sql: Sql, page: EventPage): Promise<FoundEvent[]> {
  const { types, deliverySuccess } = page.filters;
  const lists = deliverySuccess === null ? allEvents : deliverySuccess ? deliveredEvents : undeliveredEvents;
  const rows = await sql.query<EventRow>(lists[page.direction], [...pageValues(page), types]);
  return rows.map(foundIn);
}

const foundIn = ({ pending, ...event }: EventRow): FoundEvent => ({ event, pending });
