import { z } from 'zod';
import { billingDetails } from '../protocol/contact-parameters.js';
import { expand } from '../protocol/expand.js';
import { listParameters, pageOf } from '../protocol/list-parameters.js';
import { metadataChanges } from '../protocol/metadata.js';
import { hash, ignored, integer, oneOf, text } from '../protocol/parameter-schemas.js';
import { cardType, newMethodFields } from './payment-method-data.js';
import { redisplays } from './payment-method.js';
import type { PaymentMethodFilters } from './payment-method.repository.js';

const expansion = { expand: expand('payment_method') };

/** A valid `POST /v1/payment_methods`. */
export const newMethodParameters = hash(newMethodFields.extend({ ...expansion, type: cardType }));
export type NewMethodParameters = z.output<typeof newMethodParameters>;

/** A valid `POST /v1/payment_methods/:id`. */
export const methodChangeParameters = hash(
  z.object({
    ...expansion,
    allow_redisplay: oneOf(redisplays).optional(),
    billing_details: billingDetails.optional(),
    card: hash(
      z.object({
        exp_month: integer({ min: 1, max: 12 }).optional(),
        exp_year: integer({ min: 1970, max: 2100 }).optional(),
        networks: ignored,
      }),
    ).optional(),
    metadata: metadataChanges.optional(),
  }),
);
export type MethodChangeParameters = z.output<typeof methodChangeParameters>;

/** A valid `POST /v1/payment_methods/:id/attach`. */
export const attachParameters = hash(z.object({ ...expansion, customer: text({ max: 255 }) }));
export type AttachParameters = z.output<typeof attachParameters>;

/** A valid `POST /v1/payment_methods/:id/detach`. */
export const detachParameters = hash(z.object(expansion));

const listed = {
  allow_redisplay: oneOf(redisplays).nullable().default(null),
  expand: expand('payment_method', { under: 'data' }),
  type: text().optional(),
};

/** A valid `GET /v1/payment_methods`. */
export const methodListParameters = hash(
  listParameters({}).and(z.object({ ...listed, customer: text({ max: 255 }).nullable().default(null) })),
).transform(({ customer, allow_redisplay, expand, type, ...page }) => ({
  ...pageOf(page),
  filters: { customer, allow_redisplay } satisfies PaymentMethodFilters,
  expand,
  /** It asks for a type that is not offered here. */
  nothing: type !== undefined && type !== 'card',
}));
export type MethodListParameters = z.output<typeof methodListParameters>;

/** A valid `GET /v1/customers/:id/payment_methods`. */
export const methodsOfCustomerParameters = hash(listParameters({}).and(z.object(listed))).transform(
  ({ allow_redisplay, expand, type, ...page }) => ({
    ...pageOf(page),
    filters: { customer: null, allow_redisplay } satisfies PaymentMethodFilters,
    expand,
    nothing: type !== undefined && type !== 'card',
  }),
);
