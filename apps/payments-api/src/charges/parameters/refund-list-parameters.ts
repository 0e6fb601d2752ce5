import { z } from 'zod';
import { expand } from '../../protocol/expand.js';
import { listParameters, pageOf } from '../../protocol/list-parameters.js';
import { hash, text } from '../../protocol/parameter-schemas.js';

/** Beside `created`. Each needs its index: see refundLists in refund.repository.ts. */
export const refundFilters = ['charge'] as const;
export type RefundFilters = Readonly<Record<(typeof refundFilters)[number], string | null>>;

/** A valid `GET /v1/refunds`: a page, and the cursor that must name a refund of the account. */
export const refundListParameters = hash(
  listParameters({}).and(
    z.object({
      charge: text({ max: 255 }).nullable().default(null),
      expand: expand('refund', { under: 'data' }),
      payment_intent: text({ max: 255 }).optional(),
    }),
  ),
).transform(({ charge, expand, payment_intent, ...page }) => ({
  ...pageOf(page),
  filters: { charge } satisfies RefundFilters,
  expand,
  /** It asks for the refunds of a payment intent, of which there are none. */
  nothing: payment_intent !== undefined,
}));
export type RefundListParameters = z.output<typeof refundListParameters>;
