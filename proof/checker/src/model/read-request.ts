import type { ApiExchange } from '../history.js';
import { leastMinor } from './currencies.js';

export type ListedKind = 'charge' | 'refund' | 'balance_transaction';

export interface Cursor {
  readonly param: 'starting_after' | 'ending_before';
  readonly id: string;
}

export interface ListRead {
  readonly kind: 'list';
  readonly of: ListedKind;
  readonly url: string;
  readonly limit: number;
  readonly cursor: Cursor | undefined;
  /** Unix seconds: `createdFrom` is inclusive, `createdBefore` exclusive. */
  readonly createdFrom: number;
  readonly createdBefore: number;
  /** Filters other than `created`. */
  readonly filters: Readonly<Partial<Record<Filter, string>>>;
  /** The charge in the path. 404 if it does not exist. */
  readonly parent: string | undefined;
}

export type Filter =
  'charge' | 'customer' | 'currency' | 'payment_intent' | 'payout' | 'source' | 'transfer_group' | 'type';

export type ReadTarget =
  { readonly kind: 'retrieve'; readonly of: ListedKind; readonly id: string } | ListRead | { readonly kind: 'balance' };

/** `unjudged`: a parameter's rules are tested elsewhere and not part of the model. */
export type Validity = 'valid' | 'invalid' | 'unjudged';

export interface ReadRequest {
  readonly target: ReadTarget;
  readonly validity: Validity;
}

const listPaths: Readonly<Record<string, ListedKind>> = {
  '/v1/charges': 'charge',
  '/v1/refunds': 'refund',
  '/v1/balance_transactions': 'balance_transaction',
  '/v1/balance/history': 'balance_transaction',
};

const filtersOf: Readonly<Record<ListedKind, readonly Filter[]>> = {
  charge: ['customer', 'payment_intent', 'transfer_group'],
  refund: ['charge', 'payment_intent'],
  balance_transaction: ['currency', 'payout', 'source', 'type'],
};

/** Objects to which a path may lead, field by field. Source: Stripe's documentation, "Expanding responses". */
const expandable: Readonly<Record<ListedKind, Readonly<Record<string, readonly ListedKind[]>>>> = {
  charge: { balance_transaction: ['balance_transaction'], refunds: [], 'refunds.data': ['refund'] },
  refund: { balance_transaction: ['balance_transaction'], charge: ['charge'] },
  balance_transaction: { source: ['charge', 'refund'] },
};
const LEVELS_MAX = 4;

/** Fields that are not in the table may be expandable too. */
function isExpandable(of: ListedKind, path: string): boolean {
  return Object.entries(expandable[of]).some(
    ([field, kinds]) =>
      path === field ||
      (path.startsWith(`${field}.`) && kinds.some((kind) => isExpandable(kind, path.slice(field.length + 1)))),
  );
}

/** @returns undefined for a request that is no read of the model */
export function readRequestOf({ method, path, parameters }: ApiExchange): ReadRequest | undefined {
  if (method !== 'GET') return undefined;
  if (path === '/v1/balance')
    return { target: { kind: 'balance' }, validity: validityOf([plain(parameters), named(parameters, [])]) };
  const listed = listPaths[path];
  if (listed) return listRequest(parameters, listed, path, undefined);
  const [, parent] = /^\/v1\/charges\/([a-z]+_[A-Za-z0-9_]+)\/refunds$/.exec(path) ?? [];
  if (parent !== undefined) return listRequest(parameters, 'refund', path, parent);
  const [, url = '', id = ''] = /^(\/v1\/[a-z_]+(?:\/history)?)\/([a-z]+_[A-Za-z0-9_]+)$/.exec(path) ?? [];
  const of = listPaths[url];
  if (!of) return undefined;
  return {
    target: { kind: 'retrieve', of, id },
    validity: validityOf([plain(parameters), named(parameters, ['expand']), expanded(parameters, of, '')]),
  };
}

type Parameters = ApiExchange['parameters'];

function listRequest(parameters: Parameters, of: ListedKind, url: string, parent: string | undefined): ReadRequest {
  const names = filtersOf[of];
  const given = (['starting_after', 'ending_before'] as const).filter((name) => parameters[name] !== undefined);
  const [param] = given;
  const [createdFrom, createdBefore] = createdRange(parameters);
  const filters = Object.fromEntries(
    names.flatMap((name) => {
      const value = parameters[name];
      return value === undefined ? [] : [[name, name === 'currency' ? value.toLowerCase() : value]];
    }),
  );
  return {
    target: {
      kind: 'list',
      of,
      url,
      limit: Number(parameters['limit'] ?? 10),
      cursor: param && { param, id: parameters[param]! },
      createdFrom,
      createdBefore,
      filters: parent === undefined ? filters : { ...filters, charge: parent },
      parent,
    },
    validity: validityOf([
      plain(parameters),
      named(parameters, ['created', 'ending_before', 'expand', 'limit', 'starting_after', ...names]),
      expanded(parameters, of, 'data.'),
      given.length > 1 ? 'invalid' : 'valid',
      integer(parameters['limit'], 1, 100),
      created(parameters),
      ...[...given, ...names].map((name) => text(parameters[name])),
      currency(parameters['currency']),
      ['charge', 'refund', undefined].includes(parameters['type']) ? 'valid' : 'unjudged',
    ]),
  };
}

/** Text with other than printable ASCII characters may be refused. */
const plain = (parameters: Parameters): Validity =>
  Object.entries(parameters).every((pair) => pair.every((each) => /^[\x20-\x7e]*$/.test(each))) ? 'valid' : 'unjudged';

const validityOf = (parts: readonly Validity[]): Validity =>
  parts.includes('unjudged') ? 'unjudged' : parts.includes('invalid') ? 'invalid' : 'valid';

const rootOf = (name: string): string => name.replace(/\[.*$/, '');

/** Stripe refuses unknown parameters. */
function named(parameters: Parameters, known: readonly string[]): Validity {
  const names = Object.keys(parameters);
  if (names.some((name) => !known.includes(rootOf(name)))) return 'invalid';
  return names.some((name) => name.includes('[') && !['created', 'expand'].includes(rootOf(name)))
    ? 'unjudged'
    : 'valid';
}

const INTEGER = /^[+-]?\d{1,15}$/;

function integer(value: string | undefined, least: number, most: number): Validity {
  if (value === undefined) return 'valid';
  return INTEGER.test(value) && Number(value) >= least && Number(value) <= most ? 'valid' : 'invalid';
}

/** An empty value is invalid in a filter. A value that looks like a card number is refused. */
function text(value: string | undefined): Validity {
  if (value === undefined) return 'valid';
  if (value === '') return 'invalid';
  return value.length <= 255 && !/\d(?:[ -]?\d){11,}/.test(value) ? 'valid' : 'unjudged';
}

function currency(value: string | undefined): Validity {
  return value === undefined || leastMinor(value.toLowerCase()) !== undefined ? 'valid' : 'invalid';
}

/** `under` begins every path of a list. */
function expanded(parameters: Parameters, of: ListedKind, under: '' | 'data.'): Validity {
  const names = Object.keys(parameters).filter((name) => rootOf(name) === 'expand');
  return validityOf(
    names.map((name): Validity => {
      const path = parameters[name]!;
      if (!/^expand\[\d*\]$/.test(name)) return 'unjudged';
      if (path.split('.').length > LEVELS_MAX) return 'invalid';
      return path.startsWith(under) && isExpandable(of, path.slice(under.length)) ? 'valid' : 'unjudged';
    }),
  );
}

const LAST_SECOND = 253_402_300_799;
const RANGE = /^created\[(gt|gte|lt|lte)\]$/;

function created(parameters: Parameters): Validity {
  const names = Object.keys(parameters).filter((name) => rootOf(name) === 'created');
  if (names.length > 1 && names.includes('created')) return 'invalid';
  return validityOf(
    names.map((name) =>
      name === 'created' || RANGE.test(name) ? integer(parameters[name], 0, LAST_SECOND) : 'invalid',
    ),
  );
}

function createdRange(parameters: Parameters): [from: number, before: number] {
  const second = (name: string, otherwise: number, plus = 0): number =>
    parameters[name] === undefined ? otherwise : Number(parameters[name]) + plus;
  return [
    Math.max(second('created', -Infinity), second('created[gte]', -Infinity), second('created[gt]', -Infinity, 1)),
    Math.min(second('created', Infinity, 1), second('created[lt]', Infinity), second('created[lte]', Infinity, 1)),
  ];
}
