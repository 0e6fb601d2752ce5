import { z } from 'zod';
import { hasCardNumber } from '#card-numbers';
import { hash, refuse } from './parameter-schemas.js';
import { isHash, type Parameter } from './parameters.js';
import { cardNumberIn, invalidRequest, shown, type StripeError } from './stripe-error.js';

/** Of a refund inside a charge. Those that are always null here expand to null, as at Stripe. */
const ofRefund = [
  'balance_transaction',
  'failure_balance_transaction',
  'payment_intent',
  'source_transfer_reversal',
  'transfer_reversal',
];

/** Of a charge. */
export const chargePaths: readonly string[] = [
  'application',
  'application_fee',
  'balance_transaction',
  'customer',
  'failure_balance_transaction',
  'on_behalf_of',
  'payment_intent',
  'refunds',
  ...ofRefund.map((path) => `refunds.data.${path}`),
  'review',
  'source_transfer',
];

/** Of a refund by itself. */
export const refundPaths: readonly string[] = [...ofRefund, 'charge', ...chargePaths.map((path) => `charge.${path}`)];

/** An index of a list. */
const INDEX = /^\d{1,9}$/;

/** A list of texts, with or without indices: `expand[]=a`, `expand[0]=a`. */
const listedTexts = z
  .transform((given: Parameter, findings): readonly Parameter[] => {
    if (given === '') return [];
    if (typeof given !== 'string' && !isHash(given)) return given;
    const isIndexed = isHash(given) && [...given.keys()].every((index) => INDEX.test(index));
    if (isIndexed) return [...given].sort(([one], [other]) => Number(one) - Number(other)).map(([, item]) => item);
    findings.issues.push({ code: 'invalid_type', expected: 'array', input: given });
    return z.NEVER;
  })
  .pipe(
    z.array(
      z.any().superRefine((item: Parameter, findings) => {
        if (typeof item !== 'string') refuse(findings, (param) => invalidRequest('Invalid string', { param }));
        else if (hasCardNumber(item)) refuse(findings, cardNumberIn);
      }),
    ),
  );

/**
 * The paths of `expand[]`.
 *
 * @param paths those that the object has
 * @param under `data` for lists, whose paths begin with it
 */
export function expand(paths: readonly string[], { under }: { under?: 'data' } = {}) {
  return listedTexts
    .transform((given: string[], findings): string[] =>
      given.map((path, index) => {
        const inner = under === undefined ? path : path.startsWith(`${under}.`) ? path.slice(under.length + 1) : '';
        if (!paths.includes(inner)) refuse(findings, (param) => cannotBeExpanded(param, path), [index]);
        return inner;
      }),
    )
    .default([]);
}

/** Of a request that takes `expand` alone, as one does for an object by its id. */
export const expandParameters = (paths: readonly string[]) => hash(z.object({ expand: expand(paths) }));

export interface ExpandParameters {
  readonly expand: readonly string[];
}

function cannotBeExpanded(param: string, path: string): StripeError {
  return invalidRequest(`This property cannot be expanded (${shown(path)}).`, { param });
}

/** Of an object that has nothing to expand. */
export const nothingToExpand = listedTexts
  .superRefine((paths, findings) => {
    const nothing = 'This property cannot be expanded.';
    if (paths.length > 0) refuse(findings, (param) => invalidRequest(nothing, { param }), [0]);
  })
  .optional();

/** Whether a property is to be an object, or something inside it. */
export const expands = (expand: readonly string[], property: string): boolean =>
  expand.some((path) => path === property || path.startsWith(`${property}.`));

/** Whether a charge is to show its refunds, wherever it stands. */
export const expandsRefunds = (expand: readonly string[]): boolean =>
  expand.some((path) => path.split('.').includes('refunds'));

/** The paths that go on inside an expanded property: of `charge.balance_transaction`, within `charge`. */
export function within(expand: readonly string[], property: string): string[] {
  return expand.filter((path) => path.startsWith(`${property}.`)).map((path) => path.slice(property.length + 1));
}
