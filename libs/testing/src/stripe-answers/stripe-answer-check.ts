import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** What `tools/stripe-types` makes of the type definitions of the `stripe` package. */
interface AnswerSchemas {
  readonly apiVersion: string;
  readonly objects: Readonly<Record<string, object>>;
  readonly $defs: Readonly<Record<string, object>>;
}

const text = { type: 'string' };

/** https://docs.stripe.com/api/errors */
const errorEnvelope = ({ objects }: AnswerSchemas): object => ({
  type: 'object',
  required: ['error'],
  additionalProperties: false,
  properties: {
    error: {
      type: 'object',
      required: ['type', 'message'],
      additionalProperties: false,
      properties: {
        type: { enum: ['api_error', 'card_error', 'idempotency_error', 'invalid_request_error'] },
        message: text,
        code: text,
        decline_code: text,
        param: text,
        charge: text,
        payment_intent: objects['payment_intent'],
        payment_method: objects['payment_method'],
        payment_method_type: text,
        setup_intent: objects['setup_intent'],
        source: objects['card'],
        doc_url: text,
        request_log_url: text,
        advice_code: text,
        network_advice_code: text,
        network_decline_code: text,
      },
    },
  },
});

/** https://docs.stripe.com/api/pagination, and /search for pages of what was searched. Each element is held to its own type. */
const pageOf = (object: string, more: object): object => ({
  type: 'object',
  required: ['object', 'url', 'has_more', 'data'],
  additionalProperties: false,
  properties: { object: { const: object }, url: text, has_more: { type: 'boolean' }, data: { type: 'array' }, ...more },
});
const list = pageOf('list', {});
const searchResult = pageOf('search_result', {
  next_page: { anyOf: [text, { type: 'null' }] },
  total_count: { type: 'integer' },
});

/** Reads and compiles each schema when the first answer needs it. */
class AnswerValidators {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true, discriminator: true });
  readonly #compiled = new Map<string, ValidateFunction>();
  #read: AnswerSchemas | undefined;

  get apiVersion(): string {
    return this.#schemas.apiVersion;
  }

  /** @param name the answer's field `object`, after `deleted` if it is; or `error` */
  of(name: string): ValidateFunction | undefined {
    const { objects, $defs } = this.#schemas;
    const others = { list, search_result: searchResult, error: errorEnvelope(this.#schemas) };
    const schema = { ...objects, ...others }[name];
    if (!schema) return undefined;
    let validate = this.#compiled.get(name);
    if (!validate) this.#compiled.set(name, (validate = this.#ajv.compile({ ...schema, $defs })));
    return validate;
  }

  get #schemas(): AnswerSchemas {
    this.#read ??= JSON.parse(readFileSync(new URL('answer-schemas.json', import.meta.url), 'utf8')) as AnswerSchemas;
    return this.#read;
  }
}

const validators = new AnswerValidators();

/**
 * Holds an answer of the API to the types of the `stripe` package: every field that they require is there, every field
 * that is there is one of theirs, with a value that they allow.
 *
 * @param version of the API that was served; the types of any other are not known
 * @returns what is wrong, a line each; empty when nothing is
 */
export function faultsOfAnswer(status: number, body: string, version = validators.apiVersion): string[] {
  const answer = parsed(body);
  if (!answer) return [` is not JSON: ${body.slice(0, 80)}`];
  if (version !== validators.apiVersion) return [];
  return status === 200 ? faultsOfObject(answer) : faultsOf('error', answer);
}

/** The same for an object, or a page of them, that is not text yet. */
export function faultsOfObject(answer: object): string[] {
  const { object = 'no object', deleted, data } = answer as StripeAnswer;
  const elements = isPage(object) && Array.isArray(data) ? (data as object[]) : [];
  const ofElements = elements.flatMap((element) => faultsOfObject(element).map((fault) => `/data/*${fault}`));
  return [...faultsOf(deleted === true ? `deleted ${object}` : object, answer), ...new Set(ofElements)];
}

const isPage = (object: string): boolean => object === 'list' || object === 'search_result';

interface StripeAnswer {
  readonly object?: string;
  readonly deleted?: unknown;
  readonly data?: unknown;
}

function parsed(body: string): StripeAnswer | undefined {
  try {
    return JSON.parse(body) as StripeAnswer;
  } catch {
    return undefined;
  }
}

function faultsOf(name: string, answer: object): string[] {
  const validate = validators.of(name);
  if (!validate) return [` is ${name}, which no type describes`];
  if (validate(answer)) return [];
  assert(validate.errors);
  return [...new Set(deepest(validate.errors).map(described))];
}

/** Of a union whose every part fails, the parts that agree with the value's kind say why. */
function deepest(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const said = errors.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'if');
  return said.filter(
    ({ instancePath, keyword }) =>
      !(keyword === 'type' && said.some((other) => other.instancePath.startsWith(`${instancePath}/`))),
  );
}

function described({ instancePath, message, params, data }: ErrorObject): string {
  const { additionalProperty, allowedValue, allowedValues } = params as {
    additionalProperty?: string;
    allowedValue?: unknown;
    allowedValues?: unknown;
  };
  const where = [instancePath.replaceAll(/\/\d+/g, '/*'), additionalProperty ?? ''].join('/').replace(/\/$/, '');
  const allowed = allowedValue ?? allowedValues;
  const value = typeof data === 'object' && data !== null ? 'an object' : JSON.stringify(data);
  return `${where} ${message}${allowed === undefined ? '' : ` ${JSON.stringify(allowed)}`}, and is ${value}`;
}
