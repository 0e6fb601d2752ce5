import { ParameterReader } from '../http/parameter-reader.js';
import { isTree, type Parameters } from '../http/parameters.js';
import { invalidRequest } from '../http/stripe-error.js';
import type { ChargePage } from './charge.repository.js';
import { readExpand } from './expand.js';

/** A valid `GET /v1/charges`: a page, and the cursor that must name a charge of the account. */
export interface ListRequest {
  readonly page: Omit<ChargePage, 'account'>;
  readonly cursor: { readonly param: 'starting_after' | 'ending_before'; readonly id: string } | null;
  readonly expand: readonly string[];
}

const known = [
  'created',
  'customer',
  'ending_before',
  'expand',
  'limit',
  'payment_intent',
  'starting_after',
  'transfer_group',
] as const;

/** Sorts before and after every id. */
const LOWEST = '';
const HIGHEST = '~';

/** @throws StripeError 400 */
export function readListRequest(parameters: Parameters): ListRequest {
  const reader = new ParameterReader(parameters, known);
  const startingAfter = reader.text('starting_after', { max: 255 });
  const endingBefore = reader.text('ending_before', { max: 255 });
  if (startingAfter !== undefined && endingBefore !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: 'starting_after', 'ending_before'.", {
      code: 'parameters_exclusive',
      param: 'ending_before',
    });
  }
  const limit = reader.integer('limit', { min: 1, max: 100 }) ?? 10;
  const [createdFrom, createdBefore] = readCreated(reader);
  return {
    page: {
      // The newest first; a page before a cursor is walked upwards from it, and turned round.
      direction: endingBefore === undefined ? 'down' : 'up',
      below: startingAfter ?? HIGHEST,
      above: endingBefore ?? LOWEST,
      limit,
      createdFrom,
      createdBefore,
      customer: reader.text('customer') ?? null,
      paymentIntent: reader.text('payment_intent') ?? null,
      transferGroup: reader.text('transfer_group') ?? null,
    },
    cursor:
      startingAfter !== undefined
        ? { param: 'starting_after', id: startingAfter }
        : endingBefore !== undefined
          ? { param: 'ending_before', id: endingBefore }
          : null,
    expand: readExpand(reader, 'data'),
  };
}

/** Whole seconds: from the first, included, to the second, not included. */
function readCreated(reader: ParameterReader): [from: number | null, before: number | null] {
  const created = reader.raw('created');
  if (created === undefined) return [null, null];
  if (!isTree(created)) {
    const second = reader.integer('created', { min: 0 })!;
    return [second, second + 1];
  }
  const range = reader.hash('created', ['gt', 'gte', 'lt', 'lte'])!;
  const [gt, gte, lt, lte] = (['gt', 'gte', 'lt', 'lte'] as const).map((name) => range.integer(name, { min: 0 }));
  return [highest(gte, gt === undefined ? undefined : gt + 1), lowest(lt, lte === undefined ? undefined : lte + 1)];
}

function highest(a: number | undefined, b: number | undefined): number | null {
  return a === undefined ? (b ?? null) : b === undefined ? a : Math.max(a, b);
}

function lowest(a: number | undefined, b: number | undefined): number | null {
  return a === undefined ? (b ?? null) : b === undefined ? a : Math.min(a, b);
}
