import { z } from 'zod';
import { hasCardNumber } from '#card-numbers';
import { characters } from './characters.js';
import { isHash, type Parameter } from './parameters.js';
import { cardNumberIn, invalidRequest, resourceMissing, type StripeError } from './stripe-error.js';

const TEXT_MAX = 5_000;
const INTEGER = /^[+-]?\d{1,15}$/;
/** In any case: an older Python SDK sends `True`, and libraries for forms send 1. */
const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** Where a schema reports what is wrong. */
interface Findings {
  addIssue(issue: { code: 'custom'; params: object; path?: PropertyKey[] }): void;
}

/** Reports an error that Stripe words itself, for a rule that zod has no word for. */
export function refuse(findings: Findings, error: (param: string) => StripeError, path?: PropertyKey[]): void {
  findings.addIssue({ code: 'custom', params: { error }, ...(path && { path }) });
}

/** `max` counts characters as people do. */
export const text = ({ max = TEXT_MAX }: { max?: number } = {}) =>
  z.string().check(({ value, issues }) => {
    if (value.length > max && characters(value) > max) {
      issues.push({ code: 'too_big', origin: 'string', maximum: max, inclusive: true, input: value });
    } else if (value === '') {
      issues.push({ code: 'custom', params: { error: cannotBeUnset }, input: value });
    } else if (hasCardNumber(value)) {
      issues.push({ code: 'custom', params: { error: cardNumberIn }, input: value });
    }
  });

/** Null: it is given as the empty text, which means to unset it. */
export const unsettable = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((given) => (given === '' ? null : given), schema.nullable());

/** The one text that may be a card number: it must be kept nowhere. */
export const cardNumber = ({ max }: { max: number }) =>
  z.preprocess(
    (given) => (given === '' ? undefined : given),
    z.string().check(({ value, issues }) => {
      if (characters(value) <= max) return;
      issues.push({ code: 'too_big', origin: 'string', maximum: max, inclusive: true, input: value });
    }),
  );

export function integer({ min = -Infinity, max = Infinity }: { min?: number; max?: number } = {}) {
  const number = text().transform((written, findings) => {
    if (INTEGER.test(written)) return Number(written);
    findings.issues.push({ code: 'invalid_type', expected: 'int', input: written });
    return z.NEVER;
  });
  return number.pipe(z.number().gte(min).lte(max));
}

export const boolean = () =>
  text().transform((written, findings) => {
    const read = BOOLEANS.get(written.toLowerCase());
    if (read !== undefined) return read;
    findings.issues.push({ code: 'invalid_type', expected: 'boolean', input: written });
    return z.NEVER;
  });

export const oneOf = <const Choices extends readonly [string, ...string[]]>(choices: Choices) =>
  text().pipe(z.enum(choices));

/**
 * A hash of known parameters, and the parameters of a request. Unknown names are reported first, then what is wrong
 * with the known ones, in the order of the schema: `a.and(b)` checks all of `a`, its refinements included, before `b`.
 */
export function hash<Inner extends z.ZodType>(inner: Inner) {
  const known = new Set(namesIn(inner));
  const asObject = z.transform((given: Parameter, findings): unknown => {
    if (!isHash(given)) {
      findings.issues.push({ code: 'invalid_type', expected: 'map', input: given });
      return z.NEVER;
    }
    const unknown = [...given.keys()].filter((name) => !known.has(name));
    if (unknown.length > 0) findings.issues.push({ code: 'unrecognized_keys', keys: unknown, input: {} });
    return Object.fromEntries(given);
  });
  return asObject.pipe(inner);
}

function namesIn(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodIntersection) return [...namesIn(schema.def.left), ...namesIn(schema.def.right)];
  if (schema instanceof z.ZodPipe) return namesIn(schema.def.in);
  throw new TypeError('a hash is an object of known parameters');
}

/** An index of a list. */
const INDEX = /^\d{1,9}$/;

/** A list, with or without indices: `a[]=x`, `a[0]=x`. Given as the empty text, it is empty. */
export const valueList = <Item extends z.ZodType<unknown, Parameter>>(
  item: Item,
  { max = Infinity }: { max?: number } = {},
) =>
  z
    .transform((given: Parameter, findings): Parameter[] => {
      if (given === '') return [];
      // Nothing at all is left to the array to refuse.
      if (typeof given !== 'string' && !isHash(given)) return given as Parameter[];
      const isIndexed = isHash(given) && [...given.keys()].every((index) => INDEX.test(index));
      if (isIndexed) return [...given].sort(([one], [other]) => Number(one) - Number(other)).map(([, item]) => item);
      findings.issues.push({ code: 'invalid_type', expected: 'array', input: given });
      return z.NEVER;
    })
    .pipe(z.array(item).max(max));

export const textList = valueList(text());

/** A hash of texts under free keys; null unsets all of them. */
export function textsByKey(name: string, { keyMax, max }: { keyMax: number; max: number }) {
  const key = z.string().superRefine((each, findings) => {
    if (each.length > keyMax && characters(each) > keyMax) {
      const tooLong = `Invalid key: those of ${name} must be at most ${keyMax} characters.`;
      refuse(findings, (param) => invalidRequest(tooLong, { param }));
    } else if (hasCardNumber(each)) refuse(findings, cardNumberIn);
  });
  return unsettable(z.map(key, unsettable(text({ max }))));
}

/** A parameter that exists at Stripe, and is refused here if it is given at all. */
export const refusedParameter = (error: (param: string) => StripeError) =>
  z
    .unknown()
    .superRefine((_given, findings) => refuse(findings, error))
    .optional();

/** The id of an object of a kind that is not offered here, so that none can be found. */
export const unknownObject = (kind: string) =>
  text({ max: 255 })
    .superRefine((id, findings) => refuse(findings, (param) => resourceMissing(kind, id, param, 400)))
    .optional();

/** A parameter that is known and has no effect. */
export const ignored = z.unknown().optional();

function cannotBeUnset(param: string): StripeError {
  return invalidRequest(
    `You passed an empty string for '${param}'. Empty values are taken as an attempt to unset a ` +
      `parameter, but '${param}' cannot be unset: remove it, or give it a value.`,
    { code: 'parameter_invalid_empty', param },
  );
}
