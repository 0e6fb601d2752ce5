import { bodyOf, type ApiError, type ListObject } from './api-objects.js';
import type { AttributedRows } from './attributed-rows.js';
import { knowObjects, type KnownObject, type KnownObjects } from './known-objects.js';
import { readRequestOf, type ListedKind, type ReadRequest, type ReadTarget } from './read-request.js';
import { judgeBalance } from './shown-balances.js';
import { judgeCharge } from './shown-charges.js';
import { AccountLists, judgeList } from './shown-lists.js';
import { judgeRefund } from './shown-refunds.js';
import { judgeTransaction } from './shown-transactions.js';
import { where, type Sighting } from './sightings.js';

/** Checks that reads show every acknowledged write and no object that was not requested. */
export function judgeReads(claims: AttributedRows): string[] {
  const { exchanges } = claims.evidence;
  const objects = knowObjects(claims);
  const lists = new AccountLists(objects);
  return [
    ...objects.rowless.map(
      (sighting) => `${sighting.object.id}: ${where(sighting)} shows it, and there is no such row`,
    ),
    ...[...objects.charges.values()].flatMap((known) => judgeCharge(known, objects)),
    ...[...objects.refunds.values()].flatMap((known) => judgeRefund(known, objects, claims.timeOf)),
    ...[...objects.transactions.values()].flatMap((known) => judgeTransaction(known, claims)),
    ...exchanges.flatMap((exchange, number) => judgeRead({ exchange, number }, objects, lists, claims.timeOf)),
  ];
}

type Read = Pick<Sighting, 'exchange' | 'number'>;

function judgeRead(read: Read, objects: KnownObjects, lists: AccountLists, timeOf: AttributedRows['timeOf']): string[] {
  const { exchange } = read;
  const { account, answer } = exchange;
  const request = readRequestOf(exchange);
  if (!request || !answer) return [];
  if (answer.status !== 200) return judgeRefusal(request, read, objects);
  if (request.validity === 'invalid') return [`${where(read)}: is answered, and its parameters are wrong`];
  const { object } = bodyOf(answer);
  const { target } = request;
  switch (target.kind) {
    case 'balance':
      if (object?.object !== 'balance') return [`${where(read)}: shows no balance`];
      return judgeBalance(object, read, lists.of(account, 'balance_transaction').objects, timeOf(account));
    case 'retrieve': {
      if (!object || !('id' in object) || object.id !== target.id || object.object !== target.of)
        return [`${target.id}: ${where(read)} shows something else`];
      return nestedIn(object).flatMap((nested) => judgeNested(nested, read, lists));
    }
    case 'list':
      if (object?.object !== 'list') return [`${where(read)}: shows no list`];
      return [
        ...(object.url === target.url ? [] : [`${where(read)}: says that it is the list of ${object.url}`]),
        ...judgeList(target, object, read, lists),
        ...object.data.flatMap(nestedIn).flatMap((nested) => judgeNested(nested, read, lists)),
      ];
  }
}

/** Lists of refunds inside expanded charges, at any depth. */
function nestedIn(value: unknown): { readonly chargeId: string; readonly list: ListObject }[] {
  if (typeof value !== 'object' || value === null) return [];
  const { object, id, refunds, charge, source, balance_transaction, data } = value as Readonly<Record<string, unknown>>;
  const deeper = [charge, source, balance_transaction, refunds].flatMap(nestedIn);
  if (object === 'list') return (data as readonly unknown[]).flatMap(nestedIn);
  return object === 'charge' && refunds ? [{ chargeId: String(id), list: refunds as ListObject }, ...deeper] : deeper;
}

const REFUNDS_SHOWN = 10;

/** A nested list must be the first page, ten objects, of the list that it names. */
function judgeNested(
  { chargeId, list }: { readonly chargeId: string; readonly list: ListObject },
  read: Read,
  lists: AccountLists,
): string[] {
  const url = `/v1/charges/${chargeId}/refunds`;
  const page = {
    of: 'refund' as const,
    url,
    limit: REFUNDS_SHOWN,
    cursor: undefined,
    createdFrom: -Infinity,
    createdBefore: Infinity,
    filters: { charge: chargeId },
  };
  return [
    ...(list.url === url ? [] : [`${chargeId}: ${where(read)} says that its refunds are the list of ${list.url}`]),
    ...judgeList(page, list, read, lists),
  ];
}

/** A read may be refused only for an invalid parameter or for an object that its account may not have. */
function judgeRefusal({ target, validity }: ReadRequest, read: Read, objects: KnownObjects): string[] {
  const { account, sentMs, answer } = read.exchange;
  const { status } = answer!;
  const name = where(read);
  const { error } = bodyOf(answer!);
  const isThere = (of: ListedKind, id: string): boolean => {
    const known = of === 'charge' ? objects.charges : of === 'refund' ? objects.refunds : objects.transactions;
    const found: KnownObject | undefined = known.get(id);
    return found !== undefined && found.row.account === account && found.surelyFromMs <= sentMs;
  };
  if (status === 404) {
    const named = objectIn(target);
    if (!named) return [`${name}: is 404, and its path names no object`];
    if (isThere(named.of, named.id)) return [`${named.id}: ${name} is 404, and ${account} had been shown it`];
    return isMissing(error, 'id') ? [] : [`${name}: is 404 with the code ${error?.code} of ${error?.param}`];
  }
  if (status !== 400 || validity !== 'valid') return [];
  const cursor = target.kind === 'list' ? target.cursor : undefined;
  if (cursor && target.kind === 'list') {
    if (isThere(target.of, cursor.id)) return [`${cursor.id}: ${name} is 400, and ${account} had been shown it`];
    return isMissing(error, cursor.param) ? [] : [`${name}: is 400 with the code ${error?.code} of ${error?.param}`];
  }
  return [`${name}: is 400 (${error?.message}), and nothing is wrong with it`];
}

/** The error names the parameter whose object is missing. */
const isMissing = (error: ApiError | undefined, param: string): boolean =>
  error?.code === 'resource_missing' && error.param === param;

function objectIn(target: ReadTarget): { readonly of: ListedKind; readonly id: string } | undefined {
  if (target.kind === 'retrieve') return target;
  return target.kind === 'list' && target.parent !== undefined ? { of: 'charge', id: target.parent } : undefined;
}
