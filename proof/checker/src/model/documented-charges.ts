import { CLOCKS_DIFFER_MS, type AccountTime } from './account-time.js';
import { bodyOf, type ChargeObject } from './api-objects.js';
import { outcomeTypes, type ModelCard } from './cards.js';
import type { KnownCharge } from './known-objects.js';
import { readCharge } from './request.js';
import { LAPSES_AFTER_MS } from './rows.js';
import { differingFields } from './shown-fields.js';
import { where } from './sightings.js';
import { olderFields } from './versions.js';

const DESCRIPTOR = 'HOLDFAST';
const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

/** Fields that are always so, because the API offers nothing that would change them. */
const always = {
  application: null,
  application_fee: null,
  application_fee_amount: null,
  customer: null,
  disputed: false,
  failure_balance_transaction: null,
  on_behalf_of: null,
  payment_intent: null,
  radar_options: {},
  receipt_number: null,
  receipt_url: null,
  review: null,
  source_transfer: null,
  transfer_data: null,
};

const approved = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  risk_score: 0,
  seller_message: 'Payment complete.',
  type: 'authorized',
};

/** Stripe scores elevated risk from 65, and the highest from 75. */
const riskOf = (card: ModelCard | undefined): object =>
  card?.riskLevel === undefined
    ? {}
    : { risk_level: card.riskLevel, risk_score: card.riskLevel === 'elevated' ? 65 : 75 };

const brandNames: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'MasterCard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
};

/** Compares every field that follows from the request and the documentation. Source: Stripe's API reference, "The Charge object". */
export function judgeDocumentedCharge(known: KnownCharge, time: AccountTime): string[] {
  const { row, sightings, creation } = known;
  if (!creation) return [];
  const { card } = readCharge(creation.parameters);
  return sightings.flatMap((sighting) => {
    const { object, exchange } = sighting;
    const [leastMs, mostMs] = time.between(known.notBeforeMs, exchange.endedMs);
    return [
      ...differingFields({ ...documented(known, object, card), ...olderFields(exchange) }, object),
      ...wrongFailure(known, object, card),
      ...wrongCaptureBefore(object, row.capture === 'manual', leastMs, mostMs),
    ].map((what) => `${row.id}: ${where(sighting)} shows ${what}`);
  });
}

function documented({ row, creation }: KnownCharge, shown: ChargeObject, card: ModelCard | undefined): object {
  const { parameters } = creation!;
  const names = Object.keys(parameters);
  const isToken = card !== undefined && !names.some((name) => /^(source|card)\[/.test(name));
  const { fingerprint, exp_month, exp_year } = shown.source;
  const [line1, postalCode, cvc] = card?.checks ?? [null, null, null];
  const checks = { address_line1_check: line1, address_postal_code_check: postalCode, cvc_check: cvc };
  const descriptor = parameters['statement_descriptor'] ?? null;
  const suffix = parameters['statement_descriptor_suffix'] ?? null;
  return {
    ...always,
    payment_method: cardIdOf(row.id),
    ...(isToken && { billing_details: { address: noAddress, email: null, name: null, phone: null, tax_id: null } }),
    ...(descriptor === null &&
      suffix === null && {
        calculated_statement_descriptor: DESCRIPTOR,
        statement_descriptor: null,
        statement_descriptor_suffix: null,
      }),
    ...(shown.failure_code === null && {
      failure_message: null,
      outcome: isRequested(shown) ? null : { ...approved, ...riskOf(card) },
    }),
    payment_method_details: {
      card: {
        amount_authorized: row.amountMinor,
        authorization_code: null,
        brand: row.brand,
        ...(isToken && { checks }),
        country: card?.country ?? 'US',
        electronic_commerce_indicator: null,
        exp_month,
        exp_year,
        extended_authorization: { status: 'disabled' },
        fingerprint,
        funding: card?.funding ?? 'credit',
        incremental_authorization: { status: 'unavailable' },
        installments: null,
        last4: row.last4,
        mandate: null,
        multicapture: { status: 'unavailable' },
        network: row.brand,
        network_token: { used: false },
        network_transaction_id: null,
        overcapture: { maximum_amount_capturable: row.amountMinor, status: 'unavailable' },
        regulated_status: 'unregulated',
        three_d_secure: null,
        transaction_link_id: null,
        wallet: null,
      },
      type: 'card',
    },
    source: {
      id: cardIdOf(row.id),
      object: 'card',
      ...(isToken && {
        address_city: null,
        address_country: null,
        address_line1: null,
        address_line1_check: line1,
        address_line2: null,
        address_state: null,
        address_zip: null,
        address_zip_check: postalCode,
        cvc_check: cvc,
        name: null,
      }),
      allow_redisplay: 'unspecified',
      brand: brandNames[row.brand],
      country: card?.country ?? 'US',
      customer: null,
      dynamic_last4: null,
      funding: card?.funding ?? 'credit',
      last4: row.last4,
      metadata: {},
      regulated_status: 'unregulated',
      tokenization_method: null,
    },
  };
}

/** A card exists only inside its charge, and has its id. */
export const cardIdOf = (chargeId: string): string => `card_${chargeId.slice('ch_'.length)}`;

const isRequested = ({ paid, status }: ChargeObject): boolean => !paid && status === 'pending';

/** A failed charge repeats the code and the message of its 402, and its outcome is of the kind that such a failure has. */
function wrongFailure({ creation }: KnownCharge, shown: ChargeObject, card: ModelCard | undefined): string[] {
  const { failure_code: code, failure_message: message, outcome } = shown;
  if (code === null) return [];
  const told = creation!.answer?.status === 402 ? bodyOf(creation!.answer).error : undefined;
  const statuses = outcomeTypes[outcome?.type ?? ''] ?? [];
  const isOwn = card?.declines !== undefined && told?.decline_code === card.declines.declineCode;
  return [
    told !== undefined && (told.code !== code || told.message !== message)
      ? `failure_code ${code}, “${message}”, and its 402 said ${told.code}, “${told.message}”`
      : '',
    statuses.includes(outcome?.network_status ?? '')
      ? ''
      : `the outcome ${outcome?.type}, ${outcome?.network_status} of a charge that failed`,
    isOwn &&
    code !== 'processing_error' &&
    outcome?.type !== (card.riskLevel === 'highest' ? 'blocked' : 'issuer_declined')
      ? `the outcome ${outcome?.type} of a card that its issuer declines`
      : '',
  ].filter((each) => each !== '');
}

/** Shown while the authorization can be captured: seven days after it was granted. */
function wrongCaptureBefore(shown: ChargeObject, isManual: boolean, leastMs: number, mostMs: number): string[] {
  const { capture_before: before } = shown.payment_method_details.card;
  const isOpen = isManual && shown.paid && !shown.captured && !shown.refunded;
  if (!isOpen || before === undefined)
    return isOpen === (before !== undefined) ? [] : [`capture_before ${before} of a charge that is ${shown.status}`];
  const [least, most] = [leastMs, mostMs].map((ms) => ms + LAPSES_AFTER_MS) as [number, number];
  return before * 1_000 >= least - CLOCKS_DIFFER_MS && before * 1_000 <= most + CLOCKS_DIFFER_MS
    ? []
    : [`capture_before ${before}, which must be seven days after its authorization`];
}
