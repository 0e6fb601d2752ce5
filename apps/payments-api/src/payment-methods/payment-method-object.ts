import type { Instant } from '#clock';
import { cardObject, checksOf } from '../test-cards/card-object.js';
import { chargedInstrument, type PaymentMethod } from './payment-method.js';

/** Stripe's names where they differ from the brand. */
const displayBrands: Readonly<Record<string, string>> = {
  amex: 'american_express',
  diners: 'diners_club',
  unionpay: 'union_pay',
};

const seconds = (instant: Instant): number => Math.floor(instant / 1000);

/** Stripe's object. @param customer the expanded object in the place of its id */
export function paymentMethodObject(method: PaymentMethod, customer: object | string | null = method.customer): object {
  return {
    id: method.id,
    object: 'payment_method',
    allow_redisplay: method.allowRedisplay,
    billing_details: method.billing,
    card: cardOf(method),
    created: seconds(method.createdAt),
    customer,
    customer_account: null,
    livemode: false,
    metadata: method.metadata,
    radar_options: {},
    type: 'card',
  };
}

function cardOf(method: PaymentMethod): object {
  const instrument = chargedInstrument(method);
  const { card, country, funding } = instrument;
  return {
    brand: card.brand,
    checks: checksOf(instrument),
    country,
    display_brand: displayBrands[card.brand] ?? card.brand,
    exp_month: card.expMonth,
    exp_year: card.expYear,
    fingerprint: card.fingerprint,
    funding,
    generated_from: null,
    last4: card.last4,
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

/** The same as an older source of its customer. */
export function sourceObject(method: PaymentMethod): object {
  return cardObject(method.id, chargedInstrument(method), method);
}
