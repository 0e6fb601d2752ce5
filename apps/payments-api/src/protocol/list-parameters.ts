import { z } from 'zod';
import type { Instant } from '#clock';
import { hash, integer, refuse, text } from './parameter-schemas.js';
import { invalidRequest, type StripeError } from './stripe-error.js';

/** A page of any list. */
export interface ListPage {
  /** `down`: newest first. `up`: a page before a cursor, read upwards and then reversed. */
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

/** Up to the end of the year 9999, within the range of Postgres timestamps. */
const SECONDS = { min: 0, max: 253_402_300_799 };

/** Parameters that every list takes, beside `expand`; those of `first` are looked at before them. */
export const listParameters = <First extends z.ZodRawShape>(first: First) =>
  z
    .object({ ...first, starting_after: text({ max: 255 }).optional(), ending_before: text({ max: 255 }).optional() })
    .superRefine((given: { starting_after?: unknown; ending_before?: unknown }, findings) => {
      const isExclusive = given.starting_after !== undefined && given.ending_before !== undefined;
      if (isExclusive) refuse(findings, exclusiveCursors, ['ending_before']);
    })
    .and(
      z.object({
        limit: integer({ min: 1, max: 100 }).default(10),
        created: z
          .union([
            integer(SECONDS),
            hash(
              z.object({
                gt: integer(SECONDS).optional(),
                gte: integer(SECONDS).optional(),
                lt: integer(SECONDS).optional(),
                lte: integer(SECONDS).optional(),
              }),
            ),
          ])
          .optional(),
      }),
    );

function exclusiveCursors(param: string): StripeError {
  return invalidRequest("You may only specify one of these parameters: 'starting_after', 'ending_before'.", {
    code: 'parameters_exclusive',
    param,
  });
}

type CreatedFilter = number | { [Bound in 'gt' | 'gte' | 'lt' | 'lte']?: number | undefined } | undefined;

interface GivenPage {
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
  readonly limit: number;
  readonly created?: CreatedFilter;
}

/** The page that a list's parameters ask for. */
export function pageOf({ starting_after, ending_before, limit, created }: GivenPage): {
  page: ListPage;
  cursor: ListCursor | null;
} {
  const [createdFrom, createdBefore] = rangeOf(created);
  return {
    page: { direction: ending_before === undefined ? 'down' : 'up', limit, createdFrom, createdBefore },
    cursor:
      starting_after !== undefined
        ? { param: 'starting_after', id: starting_after }
        : ending_before !== undefined
          ? { param: 'ending_before', id: ending_before }
          : null,
  };
}

/** Position of an object in a list: creation time, then id. */
export interface ListPlace {
  readonly createdAt: Instant;
  readonly id: string;
}

/** Exclusive bounds of a page; null at the begin or end of the list. */
export interface ListBounds {
  readonly below: ListPlace | null;
  readonly above: ListPlace | null;
}

/** @param marked position of the cursor's object */
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

/** The position before every object of this second. */
const startOf = (second: number): ListPlace => ({ createdAt: second * 1_000, id: '' });

const isBefore = (a: ListPlace, b: ListPlace): boolean =>
  a.createdAt === b.createdAt ? a.id < b.id : a.createdAt < b.createdAt;

/** Whole seconds: from the first, included, to the second, not included. */
function rangeOf(created: CreatedFilter): [from: number | null, before: number | null] {
  if (created === undefined) return [null, null];
  if (typeof created === 'number') return [created, created + 1];
  const { gt, gte, lt, lte } = created;
  return [highest(gte, gt === undefined ? undefined : gt + 1), lowest(lt, lte === undefined ? undefined : lte + 1)];
}

function highest(a: number | undefined, b: number | undefined): number | null {
  return a === undefined ? (b ?? null) : b === undefined ? a : Math.max(a, b);
}

function lowest(a: number | undefined, b: number | undefined): number | null {
  return a === undefined ? (b ?? null) : b === undefined ? a : Math.min(a, b);
}
