import qs from 'qs';
import { invalidRequest } from './stripe-error.js';

/**
 * What a request carries, whichever way it was written: form, query or JSON. Every scalar is text, as in a
 * form; null is the empty string. So two spellings of one request have one fingerprint and one validation.
 */
export type Parameter = string | readonly Parameter[] | Parameters;
export interface Parameters {
  readonly [name: string]: Parameter;
}

const MAX_PARAMETERS = 1000;
const MAX_DEPTH = 6;

/** `a[b]=1&expand[]=c`, of a body or a query. */
export function parseForm(text: string): Parameters {
  if (text === '') return {};
  try {
    const parsed = qs.parse(text, {
      depth: MAX_DEPTH,
      strictDepth: true,
      parameterLimit: MAX_PARAMETERS,
      throwOnLimitExceeded: true,
      arrayLimit: 100,
      duplicates: 'last',
      plainObjects: true,
      interpretNumericEntities: false,
    });
    return asTree(parsed, 0) as Parameters;
  } catch (error) {
    if (error instanceof RangeError) {
      throw invalidRequest(`The request nests deeper than ${MAX_DEPTH} levels or has too many parameters.`);
    }
    throw error;
  }
}

/** Stripe takes forms only; people with curl write JSON. */
export function parseJson(text: string): Parameters {
  if (text.trim() === '') return {};
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    throw invalidRequest('Invalid request body: it is not JSON. Send a form (the way of the SDKs), or valid JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw invalidRequest('Invalid request body: a JSON body must be an object of parameters.');
  }
  return asTree(parsed, 0) as Parameters;
}

/** Null prototypes, so that a parameter named like a method of Object is only a parameter. */
type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json };

function asTree(value: Json, depth: number): Parameter {
  if (depth > MAX_DEPTH + 1) throw invalidRequest(`The request nests deeper than ${MAX_DEPTH} levels.`);
  if (typeof value === 'string') {
    if (value.includes('\0')) throw invalidRequest('Invalid string: it contains a null character.');
    return value.isWellFormed() ? value : value.toWellFormed();
  }
  if (value === null || value === undefined) return '';
  if (isList(value)) return value.map((item) => asTree(item, depth + 1));
  if (typeof value === 'object') {
    const tree = Object.create(null) as Record<string, Parameter>;
    for (const name of Object.keys(value)) {
      if (name.includes('\0')) throw invalidRequest('Invalid parameter name: it contains a null character.');
      tree[name] = asTree(value[name], depth + 1);
    }
    return tree;
  }
  return String(value);
}

export function isTree(value: Parameter | undefined): value is Parameters {
  return typeof value === 'object' && !Array.isArray(value);
}

/** `Array.isArray`, which does not narrow read-only arrays. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
