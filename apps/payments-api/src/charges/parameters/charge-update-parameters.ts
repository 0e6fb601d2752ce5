import { z } from 'zod';
import { expand } from '../../protocol/expand.js';
import { hash, unknownObject } from '../../protocol/parameter-schemas.js';
import { detailParameters } from './charge-details.js';

/** A valid `POST /v1/charges/:id`. */
export const chargeUpdateParameters = hash(
  z.object({
    customer: unknownObject('customer'),
    expand: expand('charge'),
    ...detailParameters.shape,
  }),
).transform(({ customer: _none, expand, ...details }) => ({ expand, details }));
export type ChargeUpdateParameters = z.output<typeof chargeUpdateParameters>;
