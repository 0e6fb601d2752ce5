import { z } from 'zod';
import { currencyCodes, formatMoney, isCurrency, MAX_AMOUNT_MINOR, money, type Money } from '#money';
import { expand } from '../../protocol/expand.js';
import { boolean, hash, integer, refuse, text, unknownObject } from '../../protocol/parameter-schemas.js';
import { invalidRequest, shown, type StripeError } from '../../protocol/stripe-error.js';
import { paymentSource, type GivenSource } from '../../test-cards/payment-source.js';
import { amountTooSmall } from './amount-too-small.js';
import { newMetadata } from '../../protocol/metadata.js';
import { detailParameters, newDetails, ofConnect, statementDescriptor } from './charge-details.js';

export const currency = text().transform((written, findings) => {
  const code = written.toLowerCase();
  if (isCurrency(code)) return code;
  const message = `Invalid currency: ${shown(code)}. Supported are ${currencyCodes.join(', ')}.`;
  refuse(findings, (param) => invalidRequest(message, { param }));
  return z.NEVER;
});

const amount = z
  .object({ expand: expand('charge'), amount: integer({ min: 1 }), currency })
  .superRefine((given, findings) => {
    const error = amountOutOfBounds(money(given.amount, given.currency));
    if (error) refuse(findings, error, ['amount']);
  });

const others = z.object({
  application_fee: ofConnect,
  application_fee_amount: ofConnect,
  destination: ofConnect,
  on_behalf_of: ofConnect,
  transfer_data: ofConnect,
  customer: unknownObject('customer'),
  radar_options: hash(z.object({ session: text().optional() })).optional(),
  capture: boolean().default(true),
  ...detailParameters.omit({ fraud_details: true }).shape,
  metadata: newMetadata.default({}),
  statement_descriptor: statementDescriptor,
  statement_descriptor_suffix: statementDescriptor,
});

/** Exactly one of `source` and `card`; this rule is told before errors inside either. */
const payment = z
  .object({ source: z.unknown().optional(), card: z.unknown().optional() })
  .superRefine(({ source, card }, findings) => {
    if (source !== undefined && card !== undefined) refuse(findings, onlyOne, ['source']);
    if (source === undefined && card === undefined) refuse(findings, noSource, ['source']);
  })
  .pipe(z.object({ source: paymentSource.optional(), card: paymentSource.optional() }));

/** A valid `POST /v1/charges`. */
export const createParameters = hash(amount.and(others).and(payment)).transform((given) => ({
  amount: money(given.amount, given.currency),
  capture: given.capture ? ('automatic' as const) : ('manual' as const),
  payment: paymentOf(given),
  details: newDetails(given),
  statementDescriptor: given.statement_descriptor,
  statementDescriptorSuffix: given.statement_descriptor_suffix,
  expand: given.expand,
}));
export type CreateParameters = z.output<typeof createParameters>;

function paymentOf({ source, card }: z.output<typeof payment>): GivenSource {
  return source === undefined ? { param: 'card', source: card! } : { param: 'source', source };
}

/** The error for an amount that no charge can have. */
export function amountOutOfBounds(amount: Money): ((param: string) => StripeError) | undefined {
  const tooSmall = amountTooSmall(amount);
  if (tooSmall) return () => tooSmall;
  if (amount.amountMinor > MAX_AMOUNT_MINOR) {
    const message = `Amount must be no more than ${formatMoney(money(MAX_AMOUNT_MINOR, amount.currency))}.`;
    return (param) => invalidRequest(message, { code: 'amount_too_large', param });
  }
  return undefined;
}

function onlyOne(param: string): StripeError {
  return invalidRequest("You may only specify one of these parameters: 'source', 'card'.", {
    code: 'parameters_exclusive',
    param,
  });
}

function noSource(param: string): StripeError {
  return invalidRequest('Must provide source or customer.', { code: 'parameter_missing', param });
}
