import { z } from 'zod';
import { expand } from '../../protocol/expand.js';
import { listParameters, pageOf } from '../../protocol/list-parameters.js';
import { hash, text } from '../../protocol/parameter-schemas.js';

/** Beside `created`. Each needs its index: see chargeLists in charge-rows.repository.ts. */
export const chargeFilters = ['customer', 'payment_intent', 'transfer_group'] as const;
export type ChargeFilters = Readonly<Record<(typeof chargeFilters)[number], string | null>>;

const filter = text().nullable().default(null);

/** A valid `GET /v1/charges`: a page, and the cursor that must name a charge of the account. */
export const chargeListParameters = hash(
  listParameters({}).and(
    z.object({
      customer: filter,
      payment_intent: filter,
      transfer_group: filter,
      expand: expand('charge', { under: 'data' }),
    }),
  ),
).transform(({ customer, payment_intent, transfer_group, expand, ...page }) => ({
  ...pageOf(page),
  filters: { customer, payment_intent, transfer_group } satisfies ChargeFilters,
  expand,
}));
export type ChargeListParameters = z.output<typeof chargeListParameters>;
