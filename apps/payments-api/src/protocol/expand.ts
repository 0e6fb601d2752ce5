import { z } from 'zod';
import { hasCardNumber } from '#card-numbers';
import { hash, refuse, valueList } from './parameter-schemas.js';
import type { Parameter } from './parameters.js';
import { cardNumberIn, invalidRequest, shown, type StripeError } from './stripe-error.js';

/** An object whose properties `expand` may name. */
export type Expandable =
  | 'charge'
  | 'refund'
  | 'balance_transaction'
  | 'customer'
  | 'payment_method'
  | 'setup_intent'
  | 'source'
  | 'payment_intent'
  | 'test_clock';

/** The objects behind a property. `none`: one that does not exist here; the property stays null, as at Stripe. */
type Behind = readonly Expandable[] | 'none';

/**
 * Source: the fields of the stripe package's types that are an id or an object, also of its older types (`dispute`,
 * `invoice`, `order` of a charge). A dot goes into an object that is no resource.
 */
const properties: Readonly<Record<Expandable, ReadonlyMap<string, Behind>>> = {
  charge: new Map<string, Behind>([
    ['application', 'none'],
    ['application_fee', 'none'],
    ['balance_transaction', ['balance_transaction']],
    ['customer', ['customer']],
    ['dispute', 'none'],
    ['failure_balance_transaction', ['balance_transaction']],
    ['invoice', 'none'],
    ['on_behalf_of', 'none'],
    ['order', 'none'],
    ['payment_intent', 'none'],
    ['payment_method_details.card.mandate', 'none'],
    ['refunds', 'none'],
    ['refunds.data', ['refund']],
    ['review', 'none'],
    ['source_transfer', 'none'],
    ['transfer', 'none'],
    ['transfer_data.destination', 'none'],
  ]),
  refund: new Map<string, Behind>([
    ['balance_transaction', ['balance_transaction']],
    ['charge', ['charge']],
    ['customer', 'none'],
    ['failure_balance_transaction', ['balance_transaction']],
    ['payment_intent', 'none'],
    ['source_transfer_reversal', 'none'],
    ['transfer_reversal', 'none'],
  ]),
  balance_transaction: new Map<string, Behind>([['source', ['charge', 'refund']]]),
  payment_intent: new Map<string, Behind>([
    ['application', 'none'],
    ['customer', ['customer']],
    ['latest_charge', ['charge']],
    ['on_behalf_of', 'none'],
    ['payment_method', ['payment_method']],
    ['review', 'none'],
    ['source', 'none'],
  ]),
  customer: new Map<string, Behind>([
    ['cash_balance', 'none'],
    ['default_source', ['source']],
    ['discount', 'none'],
    ['invoice_settings.default_payment_method', ['payment_method']],
    ['sources', 'none'],
    ['sources.data', ['source']],
    ['subscriptions', 'none'],
    ['tax', 'none'],
    ['tax_ids', 'none'],
    ['test_clock', ['test_clock']],
  ]),
  payment_method: new Map<string, Behind>([['customer', ['customer']]]),
  setup_intent: new Map<string, Behind>([
    ['application', 'none'],
    ['customer', ['customer']],
    ['latest_attempt', 'none'],
    ['mandate', 'none'],
    ['on_behalf_of', 'none'],
    ['payment_method', ['payment_method']],
    ['single_use_mandate', 'none'],
  ]),
  source: new Map<string, Behind>([['customer', ['customer']]]),
  test_clock: new Map<string, Behind>(),
};

/** Stripe: "expansions have a maximum depth of four levels". `data` of a list is one of them. */
const LEVELS_MAX = 4;

function isExpandable(object: Expandable, path: string): boolean {
  for (const [property, behind] of properties[object]) {
    if (path === property) return true;
    if (behind === 'none' || !path.startsWith(`${property}.`)) continue;
    const rest = path.slice(property.length + 1);
    if (behind.some((inner) => isExpandable(inner, rest))) return true;
  }
  return false;
}

/** A list of texts, with or without indices: `expand[]=a`, `expand[0]=a`. */
export const listedTexts = valueList(
  z.any().superRefine((item: Parameter, findings) => {
    if (typeof item !== 'string') refuse(findings, (param) => invalidRequest('Invalid string', { param }));
    else if (hasCardNumber(item)) refuse(findings, cardNumberIn);
  }),
);

/**
 * The paths of `expand[]`.
 *
 * @param object the one that is answered; null for one that has nothing to expand
 * @param under `data` for lists, whose paths begin with it
 */
export function expand(object: Expandable | null, { under }: { under?: 'data' } = {}) {
  const paths = listedTexts
    .transform((given: string[], findings): string[] =>
      given.map((path, index) => {
        const inner = under === undefined ? path : path.startsWith(`${under}.`) ? path.slice(under.length + 1) : '';
        if (path.split('.').length > LEVELS_MAX) refuse(findings, (param) => tooManyLevels(param, path), [index]);
        else if (object === null || !isExpandable(object, inner))
          refuse(findings, (param) => cannotBeExpanded(param, path), [index]);
        return inner;
      }),
    )
    .default([]);
  return object === null ? paths : paths.register(expandedObjects, { object });
}

/** The object into which the paths of a parameter `expand` go. */
export const expandedObjects = z.registry<{ readonly object: Expandable }>();

/** Of a request that takes `expand` alone, as one does for an object by its id. */
export const expandParameters = (object: Expandable | null) => hash(z.object({ expand: expand(object) }));

export interface ExpandParameters {
  readonly expand: readonly string[];
}

function cannotBeExpanded(param: string, path: string): StripeError {
  return invalidRequest(`This property cannot be expanded (${shown(path)}).`, { param });
}

function tooManyLevels(param: string, path: string): StripeError {
  const message = `You cannot expand more than ${LEVELS_MAX} levels of a property. Property: ${shown(path)}`;
  return invalidRequest(message, { param });
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

/** The paths, and others wherever they lead to an object of a kind. */
export function withExpanded(
  object: Expandable,
  paths: readonly string[],
  others: Readonly<Partial<Record<Expandable, readonly string[]>>>,
): readonly string[] {
  const all = new Set([...paths, ...(others[object] ?? [])]);
  for (const [property, behind] of properties[object]) {
    if (behind === 'none' || !expands([...all], property.replace(/\.data$/, ''))) continue;
    const inside = within([...all], property);
    for (const inner of behind) {
      for (const path of withExpanded(inner, inside, others)) all.add(`${property}.${path}`);
    }
  }
  return [...all];
}

/** Whether a charge is to show its refunds, wherever it stands. */
export const expandsRefunds = (expand: readonly string[]): boolean =>
  expand.some((path) => path.split('.').includes('refunds'));

/** The paths that go on inside an expanded property: of `charge.balance_transaction`, within `charge`. */
export function within(expand: readonly string[], property: string): string[] {
  return expand.filter((path) => path.startsWith(`${property}.`)).map((path) => path.slice(property.length + 1));
}
