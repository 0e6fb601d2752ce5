import { refundPaths, readExpand } from '../charges/expand.js';
import { idsAround, listParameters, readPage, type ListCursor } from '../http/list-parameters.js';
import { ParameterReader } from '../http/parameter-reader.js';
import type { Parameters } from '../http/parameters.js';
import type { RefundPage } from './refund.repository.js';

/** A valid `GET /v1/refunds`: a page, and the cursor that must name a refund of the account. */
export interface ListRequest {
  readonly page: Omit<RefundPage, 'account'>;
  readonly cursor: ListCursor | null;
  readonly expand: readonly string[];
  /** It asks for the refunds of a payment intent, of which there are none. */
  readonly nothing: boolean;
}

/** @throws StripeError 400 */
export function readListRequest(parameters: Parameters): ListRequest {
  const reader = new ParameterReader(parameters, [...listParameters, 'charge', 'payment_intent']);
  const { page, cursor } = readPage(reader);
  return {
    page: {
      ...page,
      ...idsAround(cursor),
      chargeId: reader.text('charge', { max: 255 }) ?? null,
    },
    cursor,
    expand: readExpand(reader, { paths: refundPaths, under: 'data' }),
    nothing: reader.text('payment_intent', { max: 255 }) !== undefined,
  };
}
