import { stripeRoutes } from './stripe-routes.js';

/** Routes with as many segments, those that name the last ones before those with an id in their place. */
const bySegments = Map.groupBy(
  stripeRoutes.map((route) => ({ route, segments: segmentsOf(route) })),
  ({ segments }) => segments.length,
);

/**
 * The route of Stripe's API that a request is for: `GET /v1/charges/search`. A name stands before an id in its place.
 *
 * @returns undefined for what Stripe does not have either
 */
export function stripeRouteFor(method: string, path: string): string | undefined {
  const given = segmentsOf(`${method} ${path}`);
  const fitting = (bySegments.get(given.length) ?? []).filter(({ segments }) =>
    segments.every((segment, place) => segment === given[place] || (segment === ':id' && given[place] !== '')),
  );
  return fitting.toSorted((one, other) => idsIn(one.segments) - idsIn(other.segments))[0]?.route;
}

function segmentsOf(route: string): string[] {
  return route.split('/');
}

const idsIn = (segments: readonly string[]): number => segments.filter((segment) => segment === ':id').length;

/** A route as Fastify writes it, in the way of Stripe's: each parameter is an id. */
export const withPlainIds = (route: string): string => route.replaceAll(/:\w+/g, ':id');
