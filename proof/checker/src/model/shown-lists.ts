import type { ApiExchange } from '../history.js';
import type { ListObject } from './api-objects.js';
import type { KnownCharge, KnownObject, KnownObjects, KnownTransaction } from './known-objects.js';
import type { Filter, ListRead, ListedKind } from './read-request.js';
import { possibleValues } from './register.js';
import { writesOf } from './shown-registers.js';
import { where } from './sightings.js';

/** All objects of an account's list, with their positions. */
export interface AccountList {
  readonly objects: readonly KnownObject[];
  readonly placeOf: ReadonlyMap<string, number>;
}

/** Lists ordered newest first: by creation time, then by id. */
export class AccountLists {
  readonly #lists = new Map<string, AccountList>();

  constructor(private readonly objects: KnownObjects) {}

  of(account: string, kind: ListedKind): AccountList {
    const name = `${account} ${kind}`;
    let list = this.#lists.get(name);
    if (!list) {
      const own = [...this.#all(kind).values()].filter(({ row }) => row.account === account);
      const objects = own.sort(newestFirst);
      list = { objects, placeOf: new Map(objects.map(({ row }, place) => [row.id, place])) };
      this.#lists.set(name, list);
    }
    return list;
  }

  #all(kind: ListedKind): ReadonlyMap<string, KnownObject> {
    switch (kind) {
      case 'charge':
        return this.objects.charges;
      case 'refund':
        return this.objects.refunds;
      case 'balance_transaction':
        return this.objects.transactions;
    }
  }
}

const newestFirst = ({ row: one }: KnownObject, { row: other }: KnownObject): number =>
  other.createdMs - one.createdMs || (one.id < other.id ? 1 : -1);

/** Sizes far above ordinary objects and far below the size limit of a page. */
const LARGE_PAGE_BYTES = 50_000;
const LARGE_ROW_BYTES = 10_000;

type Read = { readonly exchange: ApiExchange; readonly number: number };
type Page = Pick<ListRead, 'of' | 'url' | 'limit' | 'cursor' | 'createdFrom' | 'createdBefore' | 'filters'>;

/**
 * Bounds of a page: it contains every object shown before the read was sent, and only objects requested before it was
 * answered. The order is fixed at creation, so a page omits nothing between its first and last item.
 */
export function judgeList(page: Page, list: ListObject, read: Read, lists: AccountLists): string[] {
  const { account, sentMs, endedMs } = read.exchange;
  const name = `${where(read)}${list.url === page.url ? '' : ` ${list.url}`}`;
  const wrong: string[] = [];
  const isUp = page.cursor?.param === 'ending_before';
  const all = lists.of(account, page.of);
  const own = isUp ? all.objects.toReversed() : all.objects;
  const placeOf = (id: string): number => {
    const place = all.placeOf.get(id) ?? -1;
    return isUp && place >= 0 ? own.length - 1 - place : place;
  };
  const cursorAt = page.cursor ? placeOf(page.cursor.id) : -1;
  if (page.cursor && cursorAt < 0) wrong.push(`${name}: answers though ${page.cursor.id} is none of the account's`);
  const isDue = (object: KnownObject): boolean =>
    object.surelyFromMs <= sentMs && covers(page, object, read.exchange) === 'surely';
  const isPossible = (object: KnownObject): boolean =>
    object.notBeforeMs <= endedMs && covers(page, object, read.exchange) !== 'no';
  const left = (from: number, to: number): string[] =>
    own
      .slice(from, to)
      .filter(isDue)
      .map(({ row }) => `${row.id}: ${name} leaves it out`);

  if (list.object !== 'list' || !Array.isArray(list.data)) return [`${name}: is no list`];
  if (list.data.length > page.limit) wrong.push(`${name}: has ${list.data.length} items, of ${page.limit} at most`);
  let at = cursorAt + 1;
  for (const item of isUp ? list.data.toReversed() : list.data) {
    const id = 'id' in item ? item.id : 'an object without an id';
    const place = placeOf(id);
    const object = own[place];
    if (!object) {
      wrong.push(`${id}: ${name} shows it, and ${account} has no such ${page.of}`);
      continue;
    }
    if (!isPossible(object))
      wrong.push(
        `${id}: ${name} shows it, ${object.notBeforeMs > endedMs ? 'before it was requested' : 'against its filter'}`,
      );
    if (place < at) {
      wrong.push(
        `${id}: ${name} shows it ${place === cursorAt ? 'though it is the cursor' : 'again, or out of order'}`,
      );
      continue;
    }
    wrong.push(...left(at, place));
    at = place + 1;
  }
  if (!list.has_more) wrong.push(...left(at, own.length).map((line) => `${line}, and says that there is no more`));
  else if (!own.slice(at).some(isPossible)) wrong.push(`${name}: says that there is more, and there is not`);
  else if (list.data.length < page.limit && !mayEndEarly(list, own.slice(at)))
    wrong.push(`${name}: ends after ${list.data.length} items of ${page.limit}, and says that there is more`);
  return wrong;
}

/** A page may end before its limit if its objects fill a mebibyte, which ordinary ones do not. */
function mayEndEarly(list: ListObject, rest: readonly KnownObject[]): boolean {
  return (
    JSON.stringify(list.data).length > LARGE_PAGE_BYTES ||
    rest.some(({ row }) => JSON.stringify(row).length > LARGE_ROW_BYTES)
  );
}

type Covered = 'surely' | 'maybe' | 'no';

function covers(page: Page, object: KnownObject, { sentMs, endedMs }: ApiExchange): Covered {
  const second = Math.floor(object.row.createdMs / 1_000);
  if (second < page.createdFrom || second >= page.createdBefore) return 'no';
  const filters = Object.entries(page.filters) as [Filter, string][];
  let covered: Covered = 'surely';
  for (const [filter, wanted] of filters) {
    const values = valuesOf(filter, page.of, object, sentMs, endedMs);
    if (!values?.has(wanted)) {
      if (values) return 'no';
      covered = 'maybe';
    } else if (values.size > 1) covered = 'maybe';
  }
  return covered;
}

const none: ReadonlySet<string | null> = new Set([null]);

/** Possible values of the filtered field. Undefined if any value is possible. */
function valuesOf(
  filter: Filter,
  kind: ListedKind,
  object: KnownObject,
  fromMs: number,
  toMs: number,
): ReadonlySet<string | null> | undefined {
  switch (filter) {
    case 'charge':
      return new Set([(object.row as { chargeId?: string }).chargeId ?? null]);
    case 'transfer_group': {
      const writes = writesOf(object as KnownCharge, 'transfer_group');
      return writes && possibleValues(writes, fromMs, toMs);
    }
    case 'currency':
    case 'source':
    case 'type':
      return kind === 'balance_transaction' ? new Set([(object as KnownTransaction).row[filter]]) : none;
    // Holdfast has no customers, payment intents or payouts yet.
    case 'customer':
    case 'payment_intent':
    case 'payout':
      return none;
  }
}
