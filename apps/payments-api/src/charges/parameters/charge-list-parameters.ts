import { listParameters, readPage, type ListCursor, type ListPage } from '../../protocol/list-parameters.js';
import { ParameterReader } from '../../protocol/parameter-reader.js';
import type { Parameters } from '../../protocol/parameters.js';
import { readExpand } from '../../protocol/expand.js';

/** A valid `GET /v1/charges`: a page, and the cursor that must name a charge of the account. */
export interface ChargeListParameters {
  readonly page: ListPage;
  readonly cursor: ListCursor | null;
  readonly filters: ChargeFilters;
  readonly expand: readonly string[];
}

/** Beside `created`. Each needs its index: see chargeLists in charge-rows.repository.ts. */
export const chargeFilters = ['customer', 'payment_intent', 'transfer_group'] as const;
export type ChargeFilters = Readonly<Record<(typeof chargeFilters)[number], string | null>>;

const known = [...listParameters, ...chargeFilters];

/** @throws StripeError 400 */
export function readChargeListParameters(parameters: Parameters): ChargeListParameters {
  const reader = new ParameterReader(parameters, known);
  const { page, cursor } = readPage(reader);
  return {
    page,
    cursor,
    filters: {
      customer: reader.text('customer') ?? null,
      payment_intent: reader.text('payment_intent') ?? null,
      transfer_group: reader.text('transfer_group') ?? null,
    },
    expand: readExpand(reader, { under: 'data' }),
  };
}
