import { z } from 'zod';
import { expand, type Expandable } from '../protocol/expand.js';
import type { ListPlace } from '../protocol/list-parameters.js';
import { hash, integer, refuse, text } from '../protocol/parameter-schemas.js';
import { invalidRequest, StripeError } from '../protocol/stripe-error.js';
import { parseSearchQuery, type SearchFields, type SearchQuery } from './search-query.js';

/** Begins after the last object of another page. */
const pageToken = text().transform((token, findings): ListPlace => {
  const place = placeOfToken(token);
  if (place) return place;
  const message = 'Invalid page: give the next_page of another answer to this search.';
  refuse(findings, (param) => invalidRequest(message, { param }));
  return z.NEVER;
});

/** A valid `GET /v1/…/search`. */
export const searchParameters = (object: Expandable, fields: SearchFields) =>
  hash(
    z.object({
      expand: expand(object, { under: 'data' }),
      limit: integer({ min: 1, max: 100 }).default(10),
      page: pageToken.optional(),
      query: text().transform((written, findings): SearchQuery => {
        try {
          return parseSearchQuery(written, fields);
        } catch (error) {
          if (!(error instanceof StripeError)) throw error;
          refuse(findings, () => error);
          return z.NEVER;
        }
      }),
    }),
  );

export interface SearchParameters {
  readonly expand: readonly string[];
  readonly limit: number;
  readonly page?: ListPlace | undefined;
  readonly query: SearchQuery;
}

/** @param place of the last object of a page */
export function tokenOfPlace({ createdAt, id }: ListPlace): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

function placeOfToken(token: string): ListPlace | undefined {
  const [, createdAt, id] =
    /^(\d{1,15}) ([a-z]+_[A-Za-z0-9_]+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return id === undefined ? undefined : { createdAt: Number(createdAt), id };
}
