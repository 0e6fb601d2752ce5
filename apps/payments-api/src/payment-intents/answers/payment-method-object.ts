import { checksOf } from '../../test-cards/card-object.js';
import type { IntentPaymentMethod } from '../intent/payment-intent.js';

/** Stripe's payment method object of a card. */
export function paymentMethodObject({ id, createdAt, instrument }: IntentPaymentMethod): object {
  const { card, funding, country, address, name } = instrument;
  return {
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: address ?? { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
      email: null,
      name,
      phone: null,
      tax_id: null,
    },
    card: {
      brand: card.brand,
      checks: checksOf(instrument),
      country,
      display_brand: card.brand,
      exp_month: card.expMonth,
      exp_year: card.expYear,
      fingerprint: card.fingerprint,
      funding,
      generated_from: null,
      last4: card.last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: card.brand !== 'amex' },
      wallet: null,
    },
    created: Math.floor(createdAt / 1000),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
}
