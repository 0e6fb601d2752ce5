import { statement, type Statement } from '#postgres';
import type { ListBounds, ListPage } from '../protocol/list-parameters.js';

/** Parameters $1 to $6 of every list are the account, the two bounds and the limit. */
const FIRST_FILTER = 7;

/**
 * Each bound is one row comparison: with several conditions on one column an index scan starts at the first and
 * filters the others row by row.
 */
export const withinBounds = `
  (created_at, id) < (coalesce(to_timestamp($2::int8 / 1000.0), 'infinity'), $3)
  AND (created_at, id) > (coalesce(to_timestamp($4::int8 / 1000.0), '-infinity'), $5)`;

/** True for every row. The partial indexes of unfiltered lists need this condition (migration 0004). */
export const ofWholeList = "id <> ''";

/** Values of $1 to $6. */
export const pageValues = ({ account, below, above, limit }: ListBounds & { account: string; limit: number }) => [
  account,
  below?.createdAt ?? null,
  below?.id ?? '',
  above?.createdAt ?? null,
  above?.id ?? '',
  limit,
];

/** One statement for each combination of filters and direction: `$7 IS NULL OR customer = $7` could use no index. */
export class ListStatements<Filter extends string> {
  readonly all: readonly Statement[];
  readonly #byName: ReadonlyMap<string, Statement>;
  readonly #filters: readonly Filter[];

  /**
   * @param columns the column, or indexed expression, of each filter
   * @param options.partial each filter has a partial index
   * @param options.among a condition that every row of these lists fulfils, and that their indexes are partial by
   * @param options.always filters that every list has
   * @param options.narrowest the most selective filter: combined with it, the others are kept off their indexes
   */
  constructor(
    private readonly name: string,
    private readonly table: string,
    private readonly shown: string,
    private readonly columns: Readonly<Record<Filter, string>>,
    private readonly options: {
      readonly partial?: boolean;
      readonly among?: string;
      readonly narrowest?: NoInfer<Filter>;
      readonly always?: readonly NoInfer<Filter>[];
    } = {},
  ) {
    this.#filters = Object.keys(columns) as Filter[];
    const { always = [] } = options;
    const asked = subsetsOf(this.#filters).filter((filters) => always.every((filter) => filters.includes(filter)));
    this.all = asked.flatMap((filters) => [this.#make(filters, 'down'), this.#make(filters, 'up')]);
    this.#byName = new Map(this.all.map((each) => [each.name, each]));
  }

  /** @returns the statement and its values */
  of(
    page: ListBounds & Pick<ListPage, 'direction' | 'limit'> & { account: string },
    values: Readonly<Record<Filter, string | null>>,
  ): [Statement, unknown[]] {
    const given = this.#filters.filter((filter) => values[filter] !== null);
    const found = this.#byName.get(this.#nameOf(given, page.direction))!;
    return [found, [...pageValues(page), ...given.map((filter) => values[filter])]];
  }

  #nameOf(filters: readonly Filter[], direction: ListPage['direction']): string {
    return [this.name, direction, ...filters].join('_');
  }

  #make(filters: readonly Filter[], direction: ListPage['direction']): Statement {
    const order = direction === 'down' ? 'DESC' : 'ASC';
    const { partial = false, among = ofWholeList, narrowest } = this.options;
    const conditions = filters.map((filter, place) => {
      const isNarrowed = narrowest !== undefined && filter !== narrowest && filters.includes(narrowest);
      return `${this.columns[filter]}${isNarrowed ? " || ''" : ''} = $${FIRST_FILTER + place}`;
    });
    if (!partial || filters.length === 0) conditions.push(among);
    return statement(
      this.#nameOf(filters, direction),
      `SELECT ${this.shown} FROM ${this.table} WHERE account = $1 AND ${conditions.join(' AND ')} AND ${withinBounds}
       ORDER BY created_at ${order}, id ${order} LIMIT $6`,
    );
  }
}

function subsetsOf<T>(all: readonly T[]): T[][] {
  return all.reduce<T[][]>((subsets, each) => [...subsets, ...subsets.map((subset) => [...subset, each])], [[]]);
}
