import { idsAround, listParameters, readPage, type ListCursor } from '../http/list-parameters.js';
import { ParameterReader } from '../http/parameter-reader.js';
import type { Parameters } from '../http/parameters.js';
import type { ChargePage } from './charge-rows.repository.js';
import { readExpand } from './expand.js';

/** A valid `GET /v1/charges`: a page, and the cursor that must name a charge of the account. */
export interface ListRequest {
  readonly page: Omit<ChargePage, 'account'>;
  readonly cursor: ListCursor | null;
  readonly expand: readonly string[];
}

const known = [...listParameters, 'customer', 'payment_intent', 'transfer_group'];

/** @throws StripeError 400 */
export function readListRequest(parameters: Parameters): ListRequest {
  const reader = new ParameterReader(parameters, known);
  const { page, cursor } = readPage(reader);
  return {
    page: {
      ...page,
      ...idsAround(cursor),
      customer: reader.text('customer') ?? null,
      paymentIntent: reader.text('payment_intent') ?? null,
      transferGroup: reader.text('transfer_group') ?? null,
    },
    cursor,
    expand: readExpand(reader, { under: 'data' }),
  };
}
