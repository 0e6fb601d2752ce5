import { z } from 'zod';
import { listedTexts, nothingToExpand } from '../protocol/expand.js';
import { listParameters, pageOf } from '../protocol/list-parameters.js';
import { boolean, hash, refuse, text } from '../protocol/parameter-schemas.js';
import { invalidRequest, type StripeError } from '../protocol/stripe-error.js';
import { raisedTypes, raisedTypesOf } from './raised-types.js';
import type { EventFilters } from './stripe-event.repository.js';

/** Stripe: "an array of up to 20 strings". */
const TYPES_MAX = 20;

/** A valid `GET /v1/events`. */
export const eventListParameters = hash(
  listParameters({}).and(
    z
      .object({
        delivery_success: boolean().optional(),
        expand: nothingToExpand,
        type: text({ max: 255 }).optional(),
        types: listedTexts.optional(),
      })
      .superRefine(({ type, types }, findings) => {
        if (type !== undefined && types !== undefined) refuse(findings, exclusiveTypes, ['types']);
        if ((types?.length ?? 0) > TYPES_MAX) refuse(findings, tooManyTypes, ['types']);
      }),
  ),
).transform(({ delivery_success, expand: _none, type, types, ...page }) => ({
  ...pageOf(page),
  filters: {
    types: typesOf(type === undefined ? (types as string[] | undefined) : [type]),
    deliverySuccess: delivery_success ?? null,
  } satisfies EventFilters,
}));
export type EventListParameters = z.output<typeof eventListParameters>;

function typesOf(names: readonly string[] | undefined): EventFilters['types'] {
  return names === undefined ? raisedTypes : [...new Set(names.flatMap(raisedTypesOf))];
}

function exclusiveTypes(param: string): StripeError {
  return invalidRequest("You may only specify one of these parameters: 'type', 'types'.", {
    code: 'parameters_exclusive',
    param,
  });
}

function tooManyTypes(param: string): StripeError {
  return invalidRequest(`You may give at most ${TYPES_MAX} values for '${param}'.`, { param });
}
