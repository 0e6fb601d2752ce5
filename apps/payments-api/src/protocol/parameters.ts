import { invalidRequest, shown } from './stripe-error.js';

/**
 * Parameters of a request in form, query or JSON. Scalars are text and null is the empty string, so that every encoding
 * of a request has the same fingerprint and validation. `a[0]=x` may be a list or a hash with the key 0: the schema
 * decides (parameter-schemas.ts). A Map, so that names of Object's methods are ordinary names.
 */
export type Parameter = string | readonly Parameter[] | Parameters;
export type Parameters = ReadonlyMap<string, Parameter>;

const MAX_PARAMETERS = 1_000;
/** Of brackets behind a parameter's name. */
const MAX_DEPTH = 6;

/**
 * Parses `a[b]=1&expand[]=c` of a body or query, in UTF-8. Node's form libraries guess lists from the form of a key
 * and pass invalid UTF-8 through, so none is used.
 *
 * @param bytes one latin1 character for each byte
 * @throws StripeError 400
 */
export function parseForm(bytes: string): Parameters {
  const form = new Map<string, Node>();
  const pairs = bytes.split('&').filter((pair) => pair !== '');
  if (pairs.length > MAX_PARAMETERS) throw tooMany();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const [root, ...path] = pathOf(decoded(equals < 0 ? pair : pair.slice(0, equals)));
    const value = equals < 0 ? '' : decoded(pair.slice(equals + 1));
    form.set(root, placed(form.get(root), path, value, root));
  }
  return form;
}

/**
 * JSON bodies, for people with curl; Stripe accepts forms only.
 *
 * @throws StripeError 400
 */
export function parseJson(text: string): Parameters {
  if (text.trim() === '') return new Map();
  let parsed: Json;
  try {
    parsed = JSON.parse(text, exactNumbers) as Json;
  } catch {
    throw invalidRequest('Invalid request body: it is not JSON. Send a form (the way of the SDKs), or valid JSON.');
  }
  const tree = new JsonReading().parameter(parsed, 0);
  if (isHash(tree)) return tree;
  throw invalidRequest('Invalid request body: a JSON body must be an object of parameters.');
}

/** Query parameters of a POST count as body parameters. If both name one, the body's replaces it, as at Stripe. */
export function merged(query: Parameters, body: Parameters): Parameters {
  if (query.size === 0) return body;
  return body.size === 0 ? query : new Map([...query, ...body]);
}

export function isHash(value: Parameter | undefined): value is Parameters {
  return value instanceof Map;
}

type Node = string | Node[] | Map<string, Node>;

/** Adds a value to a node: `[]` appends to a list, any other name sets a key of a hash. */
function placed(node: Node | undefined, [segment, ...rest]: readonly string[], value: string, name: string): Node {
  if (segment === undefined) {
    if (node === undefined || typeof node === 'string') return value;
    throw twoShapes(name);
  }
  const inner = `${name}[${segment}]`;
  if (segment === '') {
    const list = node ?? [];
    if (!Array.isArray(list)) throw twoShapes(name);
    list.push(placed(undefined, rest, value, inner));
    return list;
  }
  const hash = node ?? new Map<string, Node>();
  if (!(hash instanceof Map)) throw twoShapes(name);
  return hash.set(segment, placed(hash.get(segment), rest, value, inner));
}

/** `a[b][]` is a, b and the empty name. */
function pathOf(name: string): [root: string, ...path: string[]] {
  if (!/[[\]]/.test(name)) return [name];
  if (!/^[^[\]]+(\[[^[\]]*\])+$/.test(name)) throw misplacedBrackets();
  const path = name.slice(0, -1).split(/\]?\[/) as [string, ...string[]];
  if (path.length > MAX_DEPTH + 1) throw tooDeep();
  return path;
}

/** A percent sign without two hex digits is literal. */
function decoded(part: string): string {
  if (!/[%+]/.test(part)) return checked(utf8OfLatin1(part));
  const spaced = part.replaceAll('+', ' ');
  const bytes = spaced.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return checked(utf8OfLatin1(bytes));
}

/**
 * @param bytes one latin1 character for each byte
 * @throws StripeError 400 for what is no UTF-8
 */
export function utf8OfLatin1(bytes: string): string {
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : utf8(Buffer.from(bytes, 'latin1'));
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws StripeError 400: guessing another encoding would store something that was not sent */
export function utf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw invalidRequest('Invalid UTF-8: the request has bytes that are no character. Send text as UTF-8.');
  }
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Keeps the digits of JSON numbers that a double cannot hold. */
function exactNumbers(_name: string, value: Json, context?: { source?: string }): Json {
  const isExact = typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value);
  return isExact ? value : (context?.source ?? value);
}

class JsonReading {
  private count = 0;

  parameter(value: Json, depth: number): Parameter {
    if (depth > MAX_DEPTH + 1) throw tooDeep();
    if (typeof value === 'object' && value !== null) return this.parts(value, depth + 1);
    if (++this.count > MAX_PARAMETERS) throw tooMany();
    return value === null ? '' : checked(String(value));
  }

  private parts(value: readonly Json[] | { readonly [name: string]: Json }, depth: number): Parameter {
    if (isList(value)) return value.map((item) => this.parameter(item, depth));
    return new Map(Object.entries(value).map(([name, part]) => [checkedName(name), this.parameter(part, depth)]));
  }
}

/** `Array.isArray`, which does not narrow read-only arrays. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function checkedName(name: string): string {
  if (/[[\]]/.test(name)) throw misplacedBrackets();
  return checked(name);
}

/** What neither UTF-8 nor a database's text can hold. */
function checked(text: string): string {
  if (text.includes('\0')) throw invalidRequest('Invalid string: it contains a null character.');
  if (!text.isWellFormed()) {
    throw invalidRequest('Invalid UTF-8: the request has half of a surrogate pair, which is no character.');
  }
  return text;
}

const tooMany = () => invalidRequest(`The request has too many parameters: more than ${MAX_PARAMETERS}.`);
const tooDeep = () => invalidRequest(`The request nests deeper than ${MAX_DEPTH} levels.`);
const misplacedBrackets = () =>
  invalidRequest('Invalid parameter name: square brackets are for nesting, as in metadata[order].');
const twoShapes = (name: string) =>
  invalidRequest(`Invalid parameter: ${shown(name)} is given in two shapes, such as text and a hash.`, {
    param: shown(name),
  });
