import { refundPaths, readExpand } from '../../protocol/expand.js';
import { listParameters, readPage, type ListCursor, type ListPage } from '../../protocol/list-parameters.js';
import { ParameterReader } from '../../protocol/parameter-reader.js';
import type { Parameters } from '../../protocol/parameters.js';

/** A valid `GET /v1/refunds`: a page, and the cursor that must name a refund of the account. */
export interface RefundListParameters {
  readonly page: ListPage;
  readonly cursor: ListCursor | null;
  readonly filters: RefundFilters;
  readonly expand: readonly string[];
  /** It asks for the refunds of a payment intent, of which there are none. */
  readonly nothing: boolean;
}

/** Beside `created`. Each needs its index: see refundLists in refund.repository.ts. */
export const refundFilters = ['charge'] as const;
export type RefundFilters = Readonly<Record<(typeof refundFilters)[number], string | null>>;

/** @throws StripeError 400 */
export function readRefundListParameters(parameters: Parameters): RefundListParameters {
  const reader = new ParameterReader(parameters, [...listParameters, ...refundFilters, 'payment_intent']);
  const { page, cursor } = readPage(reader);
  return {
    page,
    cursor,
    filters: { charge: reader.text('charge', { max: 255 }) ?? null },
    expand: readExpand(reader, { paths: refundPaths, under: 'data' }),
    nothing: reader.text('payment_intent', { max: 255 }) !== undefined,
  };
}
