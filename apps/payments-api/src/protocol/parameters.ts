import { invalidRequest, shown } from './stripe-error.js';

/**
 * What a request carries, whichever way it was written: form, query or JSON. Every scalar is text, as in a
 * form; null is the empty string. So two spellings of one request have one fingerprint and one validation.
 *
 * The way it was written decides nothing else. `a[0]=x` may be a list or a hash with the key 0: only the
 * parameter knows, so the schema of the parameter decides (parameter-schemas.ts). A map has no keys of its own,
 * so that a parameter named like a method of Object is only a parameter.
 */
export type Parameter = string | readonly Parameter[] | Parameters;
export type Parameters = ReadonlyMap<string, Parameter>;

const MAX_PARAMETERS = 1_000;
/** Of brackets behind a parameter's name. */
const MAX_DEPTH = 6;

/**
 * `a[b]=1&expand[]=c`, of a body or a query: names and values in UTF-8, percent-encoded or not. No library
 * reads forms as strictly: those for Node guess from the look of a key whether it belongs to a list, and
 * leave bytes that are no UTF-8 as they are.
 *
 * @param bytes the text, a character for each of its bytes
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
 * Stripe takes forms only; people with curl write JSON.
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

/**
 * What a POST carries in its query counts as if it stood in its body. Where both name a parameter, the
 * body's is taken as a whole, as Stripe's own framework does it.
 */
export function merged(query: Parameters, body: Parameters): Parameters {
  if (query.size === 0) return body;
  return body.size === 0 ? query : new Map([...query, ...body]);
}

export function isHash(value: Parameter | undefined): value is Parameters {
  return value instanceof Map;
}

type Node = string | Node[] | Map<string, Node>;

/** A node with one value more: `[]` appends it to a list, any other name puts it into a hash. */
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

/** A percent sign that begins no byte stands for itself. */
function decoded(part: string): string {
  const spaced = part.replaceAll('+', ' ');
  const bytes = spaced.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return checked(/^[\0-\x7f]*$/.test(bytes) ? bytes : utf8(Buffer.from(bytes, 'latin1')));
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

/** JSON knows numbers that JavaScript does not: their digits are kept as they were written. */
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
