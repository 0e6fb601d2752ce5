import { z } from 'zod';
import { metadataChanges, newMetadata } from '../protocol/metadata.js';
import { listedTexts, nothingToExpand } from '../protocol/expand.js';
import { listParameters, pageOf } from '../protocol/list-parameters.js';
import { boolean, hash, integer, refuse, text, unsettable } from '../protocol/parameter-schemas.js';
import { invalidRequest, shown, type StripeError } from '../protocol/stripe-error.js';
import { stripeEventTypes } from '../stripe-events/stripe-event-types.js';

const URL_MAX = 2_048;
const DAY_SECONDS = 24 * 60 * 60;

const url = text({ max: URL_MAX }).superRefine((given, findings) => {
  const error = urlError(given);
  if (error !== undefined) refuse(findings, (param) => invalidRequest(error, { code: 'url_invalid', param }));
});

function urlError(given: string): string | undefined {
  if (!URL.canParse(given))
    return `Invalid URL: ${shown(given)} is none. An explicit scheme (such as https) must be provided.`;
  const { protocol, username, password } = new URL(given);
  if (protocol !== 'https:' && protocol !== 'http:') return 'Invalid URL: its scheme must be https or http.';
  return username || password ? 'Invalid URL: it must hold no user name and no password.' : undefined;
}

/** Stripe's types, or `*` alone. A type that nothing here raises is taken, because it does no harm. */
const enabledEvents = listedTexts
  .transform((given: unknown[]) => given as string[])
  .superRefine((types, findings) => {
    if (types.length === 0) refuse(findings, noTypes);
    for (const [place, type] of types.entries())
      if (type !== '*' && !stripeEventTypes.has(type)) refuse(findings, (param) => unknownType(param, type), [place]);
    if (types.includes('*') && types.length > 1) refuse(findings, starIsAlone);
  });

const noTypes = (param: string): StripeError =>
  invalidRequest(`'${param}' must name at least one type of event, or '*'.`, {
    code: 'parameter_invalid_empty',
    param,
  });
const starIsAlone = (param: string): StripeError =>
  invalidRequest(`'${param}' may hold '*' only alone, because it stands for every type.`, { param });
const unknownType = (param: string, type: string): StripeError =>
  invalidRequest(`Invalid ${param}: ${shown(type)} is no type of event that Stripe's API has.`, { param });

const connect = boolean().superRefine((given, findings) => {
  if (given) refuse(findings, noConnectedAccounts);
});
const noConnectedAccounts = (param: string): StripeError =>
  invalidRequest('There are no connected accounts here, so no endpoint can receive their events.', { param });

const description = unsettable(text());

/** A valid `POST /v1/webhook_endpoints`. */
export const newEndpointParameters = hash(
  z.object({
    enabled_events: enabledEvents,
    url,
    api_version: text({ max: 40 }).optional(),
    connect: connect.optional(),
    description: description.default(null),
    expand: nothingToExpand,
    metadata: newMetadata.default({}),
  }),
).transform(({ enabled_events, url, api_version, description, metadata }) => ({
  enabledEvents: enabled_events,
  url,
  apiVersion: api_version ?? null,
  description,
  metadata,
}));
export type NewEndpointParameters = z.output<typeof newEndpointParameters>;

/** A valid `POST /v1/webhook_endpoints/:id`. */
export const endpointUpdateParameters = hash(
  z.object({
    description: description.optional(),
    disabled: boolean().optional(),
    enabled_events: enabledEvents.optional(),
    expand: nothingToExpand,
    metadata: metadataChanges.optional(),
    url: url.optional(),
  }),
).transform(({ description, disabled, enabled_events, metadata, url }) => ({
  description,
  disabled,
  enabledEvents: enabled_events,
  metadata,
  url,
}));
export type EndpointUpdateParameters = z.output<typeof endpointUpdateParameters>;

/** A valid `POST /v1/webhook_endpoints/:id/roll_secret`, which Stripe has in its Dashboard only. */
export const secretRollParameters = hash(
  z.object({
    expand: nothingToExpand,
    previous_expires_in: integer({ min: 0, max: DAY_SECONDS }).default(DAY_SECONDS),
  }),
).transform(({ previous_expires_in }) => ({ overlapMs: previous_expires_in * 1_000 }));
export type SecretRollParameters = z.output<typeof secretRollParameters>;

/** A valid `GET /v1/webhook_endpoints`. */
export const endpointListParameters = hash(listParameters({}).and(z.object({ expand: nothingToExpand }))).transform(
  pageOf,
);
export type EndpointListParameters = z.output<typeof endpointListParameters>;
