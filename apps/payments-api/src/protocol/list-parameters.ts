import type { Instant } from '#clock';
import type { ParameterReader } from './parameter-reader.js';
import { invalidRequest } from './stripe-error.js';

/** Parameters that every list takes. */
export const listParameters = ['created', 'ending_before', 'expand', 'limit', 'starting_after'] as const;

/** Which page of a list, whatever it lists. */
export interface ListPage {
  /** The newest first; a page before a cursor is walked upwards from it, and turned round. */
  readonly direction: 'down' | 'up';
  readonly limit: number;
  /** Unix seconds; from the first, included, to the second, not included. */
  readonly createdFrom: number | null;
  readonly createdBefore: number | null;
}

/** An object of the account, not itself on the page. */
export interface ListCursor {
  readonly param: 'starting_after' | 'ending_before';
  readonly id: string;
}

/** @throws StripeError 400 */
export function readPage(reader: ParameterReader): { page: ListPage; cursor: ListCursor | null } {
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
    page: { direction: endingBefore === undefined ? 'down' : 'up', limit, createdFrom, createdBefore },
    cursor:
      startingAfter !== undefined
        ? { param: 'starting_after', id: startingAfter }
        : endingBefore !== undefined
          ? { param: 'ending_before', id: endingBefore }
          : null,
  };
}

/** Where an object stands in a list: by the time of its creation, and by its id within a millisecond. */
export interface ListPlace {
  readonly createdAt: Instant;
  readonly id: string;
}

/** Between which places a page lies, not included; null where it begins, or ends, with the list. */
export interface ListBounds {
  readonly below: ListPlace | null;
  readonly above: ListPlace | null;
}

/** @param marked where the cursor's object stands */
export function boundsOf(
  { createdFrom, createdBefore }: Pick<ListPage, 'createdFrom' | 'createdBefore'>,
  cursor: ListCursor | null,
  marked: ListPlace | null,
): ListBounds {
  const before = createdBefore === null ? null : startOf(createdBefore);
  const from = createdFrom === null ? null : startOf(createdFrom);
  const [after, until] = cursor?.param === 'starting_after' ? [marked, null] : [null, marked];
  return {
    below: before && after && isBefore(before, after) ? before : (after ?? before),
    above: from && until && isBefore(until, from) ? from : (until ?? from),
  };
}

/** Before everything that was created in this second. */
const startOf = (second: number): ListPlace => ({ createdAt: second * 1_000, id: '' });

const isBefore = (a: ListPlace, b: ListPlace): boolean =>
  a.createdAt === b.createdAt ? a.id < b.id : a.createdAt < b.createdAt;

/** To the end of the year 9999: of what lies far beyond, Postgres makes no timestamp. */
const SECONDS = { min: 0, max: 253_402_300_799 };

/** Whole seconds: from the first, included, to the second, not included. */
function readCreated(reader: ParameterReader): [from: number | null, before: number | null] {
  if (!reader.has('created')) return [null, null];
  if (!reader.hasHash('created')) {
    const second = reader.integer('created', SECONDS)!;
    return [second, second + 1];
  }
  const range = reader.hash('created', ['gt', 'gte', 'lt', 'lte'])!;
  const [gt, gte, lt, lte] = (['gt', 'gte', 'lt', 'lte'] as const).map((name) => range.integer(name, SECONDS));
  return [highest(gte, gt === undefined ? undefined : gt + 1), lowest(lt, lte === undefined ? undefined : lte + 1)];
}

function highest(a: number | undefined, b: number | undefined): number | null {
  return a === undefined ? (b ?? null) : b === undefined ? a : Math.max(a, b);
}

function lowest(a: number | undefined, b: number | undefined): number | null {
  return a === undefined ? (b ?? null) : b === undefined ? a : Math.min(a, b);
}
