import type { ListBounds, ListPage, ListPlace } from '../protocol/list-parameters.js';
import type { ListLane } from './list-lane.js';

/** Limit of a page's JSON, without indentation. A page of 100 ordinary objects of 2 kB stays far below. */
export const PAGE_BYTES_MAX = 1024 * 1024;
/** Rows of the first read, when their size is unknown; each next read may be twice as long. */
const FIRST_ROWS = 5;
/** Limit of rows in memory, whatever their size. */
const ROWS_AT_ONCE_MAX = 20;

/** A request for one page of any list. */
export interface ListQuery<Row> {
  readonly url: string;
  readonly account: string;
  readonly page: Pick<ListPage, 'direction' | 'limit'>;
  readonly bounds: ListBounds;
  /** In the direction of the page. */
  load(bounds: ListBounds, count: number): Promise<readonly Row[]>;
  placeOf(row: Row): ListPlace;
  /** Loads expanded objects and renders the rows. */
  show(rows: readonly Row[]): Promise<(row: Row) => object>;
}

/**
 * Stripe's list object. A page ends at its limit or, with `has_more`, at its limit of bytes. It has at least one
 * object, so that a cursor always advances.
 */
export class ListPages {
  constructor(private readonly lane: ListLane) {}

  read<Row>(query: ListQuery<Row>): Promise<object> {
    return this.lane.run(query.account, async () => {
      const { data, hasMore } = await collect(query);
      if (query.page.direction === 'up') data.reverse();
      return { object: 'list', url: query.url, has_more: hasMore, data };
    });
  }
}

async function collect<Row>(query: ListQuery<Row>): Promise<{ data: object[]; hasMore: boolean }> {
  const { direction, limit } = query.page;
  const data: object[] = [];
  let { bounds } = query;
  let bytes = 0;
  for (let atOnce = FIRST_ROWS; ; atOnce = Math.min(atOnce * 2, ROWS_AT_ONCE_MAX)) {
    const fitting = data.length === 0 ? atOnce : Math.ceil((PAGE_BYTES_MAX - bytes) / (bytes / data.length)) + 1;
    // One row more than requested decides `has_more`.
    const count = Math.max(1, Math.min(atOnce, fitting, limit + 1 - data.length));
    const rows = await query.load(bounds, count);
    const render = await query.show(rows);
    for (const row of rows) {
      if (data.length === limit) return { data, hasMore: true };
      const object = render(row);
      bytes += Buffer.byteLength(JSON.stringify(object));
      if (data.length > 0 && bytes > PAGE_BYTES_MAX) return { data, hasMore: true };
      data.push(object);
    }
    if (rows.length < count) return { data, hasMore: false };
    const place = query.placeOf(rows.at(-1)!);
    bounds = direction === 'down' ? { ...bounds, below: place } : { ...bounds, above: place };
  }
}
