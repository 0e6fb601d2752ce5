import { isCurrency, type Currency } from '#money';
import { chargePaths, readExpand, refundPaths } from '../protocol/expand.js';
import { listParameters, readPage, type ListCursor, type ListPage } from '../protocol/list-parameters.js';
import { ParameterReader } from '../protocol/parameter-reader.js';
import type { Parameters } from '../protocol/parameters.js';
import { invalidRequest, shown } from '../protocol/stripe-error.js';
import { transactionTypes, type BalanceTransaction } from './balance-transaction.js';

/** Filters beside `created`. */
export interface TransactionFilters {
  readonly currency: Currency | null;
  readonly type: BalanceTransaction['type'] | null;
  readonly source: string | null;
}

/** Valid parameters of `GET /v1/balance_transactions`. */
export interface TransactionListParameters {
  readonly page: ListPage;
  readonly cursor: ListCursor | null;
  readonly filters: TransactionFilters;
  readonly expand: readonly string[];
  /** True for a filter that nothing here can match: payouts, or another of Stripe's types. */
  readonly nothing: boolean;
}

const known = [...listParameters, 'currency', 'payout', 'source', 'type'];

/** Paths that `expand[]` may name: the source, and the expandable fields inside it. */
export const transactionPaths: readonly string[] = [
  'source',
  ...new Set([...chargePaths, ...refundPaths].map((path) => `source.${path}`)),
];

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
  transfer_cancel transfer_failure transfer_refund`.split(/\s+/);

/** @throws StripeError 400 */
export function readTransactionListParameters(parameters: Parameters): TransactionListParameters {
  const reader = new ParameterReader(parameters, known);
  const type = reader.oneOf('type', types);
  const ours = transactionTypes.find((each) => each === type) ?? null;
  return {
    ...readPage(reader),
    filters: {
      currency: readCurrency(reader),
      type: ours,
      source: reader.text('source', { max: 255 }) ?? null,
    },
    expand: readExpand(reader, { paths: transactionPaths, under: 'data' }),
    nothing: reader.text('payout', { max: 255 }) !== undefined || (type !== undefined && ours === null),
  };
}

function readCurrency(reader: ParameterReader): Currency | null {
  const currency = reader.text('currency')?.toLowerCase();
  if (currency === undefined) return null;
  if (isCurrency(currency)) return currency;
  throw invalidRequest(`Invalid currency: ${shown(currency)}.`, { param: 'currency' });
}
