import { z } from 'zod';
import { isCurrency, type Currency } from '#money';
import { expand } from '../protocol/expand.js';
import { listParameters, pageOf } from '../protocol/list-parameters.js';
import { hash, oneOf, refuse, text } from '../protocol/parameter-schemas.js';
import { invalidRequest, shown } from '../protocol/stripe-error.js';
import { transactionTypes, type BalanceTransaction } from './balance-transaction.js';

/** Filters beside `created`. */
export interface TransactionFilters {
  readonly currency: Currency | null;
  readonly type: BalanceTransaction['type'] | null;
  readonly source: string | null;
}

/** Stripe's types. Only two of them exist here. */
const types = `adjustment advance advance_funding anticipation_repayment application_fee application_fee_refund charge
  climate_order_purchase climate_order_refund connect_collection_transfer contribution fee_credit_funding
  inbound_transfer inbound_transfer_reversal issuing_authorization_hold issuing_authorization_release issuing_dispute
  issuing_dispute_provisional_credit issuing_dispute_provisional_credit_reversal issuing_transaction
  obligation_outbound obligation_reversal_inbound payment payment_failure_refund payment_network_reserve_hold
  payment_network_reserve_release payment_refund payment_reversal payment_unreconciled payout payout_cancel
  payout_failure payout_minimum_balance_hold payout_minimum_balance_release refund refund_failure reserve_hold
  reserve_release reserve_transaction reserved_funds stripe_balance_payment_debit
  stripe_balance_payment_debit_reversal stripe_fee stripe_fx_fee tax_fee tax_fund topup topup_reversal transfer
  transfer_cancel transfer_failure transfer_refund`.split(/\s+/) as [string, ...string[]];

const currency = text().transform((written, findings) => {
  const code = written.toLowerCase();
  if (isCurrency(code)) return code;
  refuse(findings, (param) => invalidRequest(`Invalid currency: ${shown(code)}.`, { param }));
  return z.NEVER;
});

/** A valid `GET /v1/balance_transactions`. */
export const transactionListParameters = hash(
  listParameters({ type: oneOf(types).optional() }).and(
    z.object({
      currency: currency.nullable().default(null),
      source: text({ max: 255 }).nullable().default(null),
      expand: expand('balance_transaction', { under: 'data' }),
      payout: text({ max: 255 }).optional(),
    }),
  ),
).transform(({ type, currency, source, expand, payout, ...page }) => {
  const ours = transactionTypes.find((each) => each === type) ?? null;
  return {
    ...pageOf(page),
    filters: { currency, type: ours, source } satisfies TransactionFilters,
    expand,
    /** It asks for what does not exist here: payouts, or another type of Stripe's. */
    nothing: payout !== undefined || (type !== undefined && ours === null),
  };
});
export type TransactionListParameters = z.output<typeof transactionListParameters>;
