import { z } from 'zod';
import { expand } from '../protocol/expand.js';
import { listParameters, pageOf } from '../protocol/list-parameters.js';
import { metadataChanges, newMetadata } from '../protocol/metadata.js';
import { boolean, hash, integer, text, unsettable } from '../protocol/parameter-schemas.js';
import { paymentSource } from '../test-cards/payment-source.js';

/** A valid `POST /v1/customers/:id/sources`. */
export const newSourceParameters = hash(
  z.object({
    expand: expand('source'),
    metadata: newMetadata.default({}),
    source: paymentSource,
    validate: boolean().optional(),
  }),
);
export type NewSourceParameters = z.output<typeof newSourceParameters>;

const part = unsettable(text()).optional();

/** A valid `POST /v1/customers/:id/sources/:source`. */
export const sourceChangeParameters = hash(
  z.object({
    expand: expand('source'),
    address_city: part,
    address_country: part,
    address_line1: part,
    address_line2: part,
    address_state: part,
    address_zip: part,
    exp_month: integer({ min: 1, max: 12 }).optional(),
    exp_year: integer({ min: 1970, max: 2100 }).optional(),
    metadata: metadataChanges.optional(),
    name: part,
  }),
);
export type SourceChangeParameters = z.output<typeof sourceChangeParameters>;

/** A valid `GET /v1/customers/:id/sources`. */
export const sourceListParameters = hash(
  listParameters({}).and(z.object({ expand: expand('source', { under: 'data' }), object: text().optional() })),
).transform(({ expand, object, ...page }) => ({
  ...pageOf(page),
  expand,
  /** It asks for bank accounts, of which there are none. */
  nothing: object !== undefined && object !== 'card',
}));
export type SourceListParameters = z.output<typeof sourceListParameters>;
