import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import { balanceTransactionObject, transactionOfCharge } from '../../balance/balance-transaction.js';
import { refundObject, type RefundedCharge } from './refund-object.js';
import { REFUNDS_SHOWN } from '../charge/refund.js';
import { newestFirst, refundedMinor } from '../charge/refunds-of-charge.js';
import { paymentMethodOf } from './payment-method-of.js';
import type { OpenedCharge } from '../charge/charge.js';
import { noAddress } from '../../protocol/contact-parameters.js';
import { expands, within } from '../../protocol/expand.js';
import { cardObject, checksOf } from '../../test-cards/card-object.js';
import { failureOf, type Failure } from '../charge/failure.js';
import { HELD_FOR_MS } from '../charge/manual-authorization.js';
import { pendingCapture } from '../charge/pending.js';

const STATEMENT_DESCRIPTOR = 'HOLDFAST';
const STATEMENT_DESCRIPTOR_MAX = 22;

const seconds = (instant: Instant): number => Math.floor(instant / 1000);

/**
 * Stripe's charge object, with every field that the API reference calls required.
 *
 * @param expand paths to render as objects instead of ids
 * @param now decides whether a balance transaction is available yet
 */
export function chargeObject(charge: OpenedCharge, expand: readonly string[], now: Instant): object {
  const { opening, details } = charge;
  const { id, amount, instrument } = opening;
  const failure = charge.state === 'failed' ? failureOf(charge.ending) : undefined;
  const posted = charge.state === 'succeeded' ? charge.ending : undefined;
  const descriptor = descriptorOf(charge);
  const givenBack = givenBackMinor(charge);
  // Stripe reports an authorization as `succeeded`, and keeps that after a cancellation.
  const authorized = charge.state === 'authorized' || charge.state === 'canceled';
  return {
    id,
    object: 'charge',
    amount: amount.amountMinor,
    amount_captured: posted?.amount.amountMinor ?? 0,
    amount_refunded: givenBack,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: transactionOf(charge, expand, now),
    billing_details: opening.billing ?? {
      address: instrument.address ?? noAddress,
      email: null,
      name: instrument.name,
      phone: null,
      tax_id: null,
    },
    calculated_statement_descriptor: calculatedDescriptor(descriptor),
    captured: posted !== undefined,
    created: seconds(opening.openedAt),
    currency: amount.currency,
    customer: opening.customer,
    description: details.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    fraud_details: details.fraudReport ? { user_report: details.fraudReport } : {},
    livemode: false,
    metadata: details.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(charge, failure),
    paid: posted !== undefined || authorized,
    payment_intent: opening.paymentIntent,
    payment_method: paymentMethodOf(opening),
    payment_method_details: { card: cardDetails(charge), type: 'card' },
    radar_options: {},
    receipt_email: details.receiptEmail,
    receipt_number: null,
    receipt_url: null,
    refunded: givenBack === amount.amountMinor,
    ...(expands(expand, 'refunds') && { refunds: refundList(charge, expand, now) }),
    review: null,
    shipping: details.shipping,
    source: sourceOf(charge),
    source_transfer: null,
    statement_descriptor: descriptor.whole,
    statement_descriptor_suffix: descriptor.suffix,
    status: statusOf(charge),
    transfer_data: null,
    transfer_group: details.transferGroup,
  };
}

/** The charge as its refunds show it. */
export function refundedCharge(charge: OpenedCharge, now: Instant): RefundedCharge {
  const { opening, details } = charge;
  return {
    id: opening.id,
    description: details.description,
    show: (expand) => chargeObject(charge, expand, now),
  };
}

function transactionOf(charge: OpenedCharge, expand: readonly string[], now: Instant): object | string | null {
  if (charge.state !== 'succeeded') return null;
  const { opening, details, ending } = charge;
  if (!expands(expand, 'balance_transaction')) return ending.balanceTransactionId;
  const inside = within(expand, 'balance_transaction');
  const source = expands(inside, 'source') ? chargeObject(charge, within(inside, 'source'), now) : opening.id;
  return balanceTransactionObject(transactionOfCharge(opening.id, ending), details.description, now, source);
}

/** Stripe scores elevated risk from 65, and the highest from 75. */
const riskScores = { normal: 0, elevated: 65, highest: 75 } as const;

function outcomeOf(charge: OpenedCharge, failure: Failure | undefined): object | null {
  if (charge.state === 'requested') return null;
  const { riskLevel = 'normal' } = charge.opening.instrument;
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: failure?.outcome.networkStatus ?? 'approved_by_network',
    reason: failure?.outcome.reason ?? null,
    risk_level: riskLevel,
    risk_score: riskScores[riskLevel],
    seller_message: failure?.outcome.sellerMessage ?? 'Payment complete.',
    type: failure?.outcome.type ?? 'authorized',
  };
}

function cardDetails(charge: OpenedCharge): object {
  const { opening } = charge;
  const { card, funding, country } = opening.instrument;
  return {
    amount_authorized: opening.amount.amountMinor,
    authorization_code: null,
    brand: card.brand,
    ...captureBefore(charge),
    checks: checksOf(opening.instrument),
    country,
    electronic_commerce_indicator: null,
    exp_month: card.expMonth,
    exp_year: card.expYear,
    extended_authorization: { status: 'disabled' },
    fingerprint: card.fingerprint,
    funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: card.last4,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: opening.amount.amountMinor, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}

/** Stripe: a charge of a payment method has no source. */
function sourceOf({ opening }: OpenedCharge): object | null {
  const id = paymentMethodOf(opening);
  return id.startsWith('pm_') ? null : cardObject(id, opening.instrument, { customer: opening.customer, metadata: {} });
}

interface Descriptor {
  readonly whole: string | null;
  readonly suffix: string | null;
}

/** A capture may replace the statement descriptor. */
function descriptorOf({ opening, hold }: OpenedCharge): Descriptor {
  const { statementDescriptor, statementDescriptorSuffix } = opening;
  return {
    whole: hold?.capture?.statementDescriptor ?? statementDescriptor,
    suffix: hold?.capture?.statementDescriptorSuffix ?? statementDescriptorSuffix,
  };
}

/**
 * What a card statement shows. Stripe: for a card charge a `statement_descriptor` is used as the suffix unless there is
 * one, and characters that are not ASCII are left out.
 */
function calculatedDescriptor({ whole, suffix }: Descriptor): string {
  const added = suffix ?? whole;
  if (added === null) return STATEMENT_DESCRIPTOR;
  return `${STATEMENT_DESCRIPTOR}* ${added.replaceAll(/[^\x20-\x7e]/g, '')}`.slice(0, STATEMENT_DESCRIPTOR_MAX);
}

function statusOf(charge: OpenedCharge): 'pending' | 'succeeded' | 'failed' {
  if (charge.state === 'failed') return 'failed';
  return charge.state === 'requested' || pendingCapture(charge) ? 'pending' : 'succeeded';
}

/**
 * `amount_refunded`: what was authorized and not captured, plus refunds that have not failed. A cancellation counts
 * only when it can no longer lose against a capture.
 */
function givenBackMinor(charge: OpenedCharge): number {
  const { amountMinor } = charge.opening.amount;
  if (charge.state === 'canceled') return amountMinor;
  if (charge.state !== 'succeeded') return 0;
  return amountMinor - charge.ending.amount.amountMinor + refundedMinor(charge.refunds);
}

/** The newest ten, as Stripe embeds them in a charge. */
function refundList(charge: OpenedCharge, expand: readonly string[], now: Instant): object {
  const inside = within(expand, 'refunds.data');
  const { id } = charge.opening;
  const shown = refundedCharge(charge, now);
  const { count, known } = charge.refunds;
  assert(known.length >= Math.min(count, REFUNDS_SHOWN), 'refunds are loaded where they are shown');
  return {
    object: 'list',
    data: newestFirst(charge.refunds)
      .slice(0, REFUNDS_SHOWN)
      .map((refund) => refundObject(refund, shown, inside, now)),
    has_more: count > REFUNDS_SHOWN,
    url: `/v1/charges/${id}/refunds`,
  };
}

/** Stripe shows `capture_before` only while the authorization can be captured. */
function captureBefore({ state, hold }: OpenedCharge): { capture_before?: number } {
  if (state !== 'authorized' || typeof hold?.authorizedAt !== 'number') return {};
  return { capture_before: seconds(hold.authorizedAt + HELD_FOR_MS) };
}
