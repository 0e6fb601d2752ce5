import type { ListLane } from '../lists/list-lane.js';
import type { ListBounds, ListPlace } from '../protocol/list-parameters.js';
import { matches } from './search-match.js';
import { tokenOfPlace, type SearchParameters } from './search-parameters.js';

/** Rows that are looked through at once. */
const ROWS_AT_ONCE = 100;

export interface SearchRequest<Row> extends SearchParameters {
  readonly url: string;
  readonly account: string;
  /** The newest first. */
  readonly load: (bounds: ListBounds, count: number) => Promise<readonly Row[]>;
  readonly placeOf: (row: Row) => ListPlace;
  /** Without expansions: what the query looks at. */
  readonly show: (row: Row) => object;
  /** With what the request expands. */
  readonly render: (rows: readonly Row[]) => Promise<readonly object[]>;
}

/**
 * Stripe's search result: what matches among all objects of the account, the newest first. It looks through them, so it
 * takes longer the more there are; unlike Stripe's, it finds an object as soon as it is stored.
 */
export class SearchPages {
  constructor(private readonly lane: ListLane) {}

  read<Row>(request: SearchRequest<Row>): Promise<object> {
    return this.lane.run(request.account, async () => {
      const { limit, url } = request;
      const found = await firstMatches(request, limit + 1);
      const page = found.slice(0, limit);
      const hasMore = found.length > limit;
      return {
        object: 'search_result',
        url,
        has_more: hasMore,
        next_page: hasMore ? tokenOfPlace(request.placeOf(page.at(-1)!)) : null,
        data: await request.render(page),
      };
    });
  }
}

async function firstMatches<Row>(
  { page, query, load, placeOf, show }: SearchRequest<Row>,
  count: number,
): Promise<Row[]> {
  const found: Row[] = [];
  for (let below = page ?? null; ;) {
    const rows = await load({ below, above: null }, ROWS_AT_ONCE);
    for (const row of rows) {
      if (matches(show(row), query)) found.push(row);
      if (found.length === count) return found;
    }
    if (rows.length < ROWS_AT_ONCE) return found;
    below = placeOf(rows.at(-1)!);
  }
}
