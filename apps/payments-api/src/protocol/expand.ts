import type { ParameterReader } from './parameter-reader.js';
import { invalidRequest, shown } from './stripe-error.js';

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

/**
 * The paths of `expand[]`.
 *
 * @param paths those that the object has
 * @param under `data` for lists, whose paths begin with it
 * @throws StripeError 400 for what cannot be expanded
 */
export function readExpand(
  reader: ParameterReader,
  { paths = chargePaths, under }: { paths?: readonly string[]; under?: 'data' } = {},
): string[] {
  return reader.texts('expand').map((path, index) => {
    const inner = under === undefined ? path : path.startsWith(`${under}.`) ? path.slice(under.length + 1) : '';
    if (paths.includes(inner)) return inner;
    throw invalidRequest(`This property cannot be expanded (${shown(path)}).`, { param: `expand[${index}]` });
  });
}

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
