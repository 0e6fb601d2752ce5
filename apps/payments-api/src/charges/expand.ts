import type { ParameterReader } from '../http/parameter-reader.js';
import { invalidRequest, shown } from '../http/stripe-error.js';

/** Of a charge. Those that are always null here expand to null, as at Stripe. */
const expandable = [
  'application',
  'application_fee',
  'balance_transaction',
  'customer',
  'failure_balance_transaction',
  'on_behalf_of',
  'payment_intent',
  'review',
  'source_transfer',
];

/**
 * The paths of `expand[]`.
 *
 * @param under `data` for lists, whose paths begin with it
 * @throws StripeError 400 for what cannot be expanded
 */
export function readExpand(reader: ParameterReader, under?: 'data'): string[] {
  return reader.texts('expand').map((path, index) => {
    const inner = under === undefined ? path : path.startsWith(`${under}.`) ? path.slice(under.length + 1) : '';
    if (expandable.includes(inner)) return inner;
    throw invalidRequest(`This property cannot be expanded (${shown(path)}).`, { param: `expand[${index}]` });
  });
}
