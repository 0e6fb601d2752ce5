import type { PaymentInstrument } from './instrument.js';

const brandNames: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'MasterCard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
};

/** The checks of a card, as charges and payment methods show them. */
export interface CardChecks {
  readonly address_line1_check: string | null;
  readonly address_postal_code_check: string | null;
  readonly cvc_check: string | null;
}

/** The card behind a token has an address that was checked when the token was made; a card spelled out has what is given. */
export function checksOf({ address, addressChecks, cvcCheck }: PaymentInstrument): CardChecks {
  const { line1 = 'pass', postalCode = 'pass' } = addressChecks ?? {};
  const isOfToken = addressChecks !== undefined && address === null;
  return {
    address_line1_check: address?.line1 || isOfToken ? line1 : null,
    address_postal_code_check: address?.postal_code || isOfToken ? postalCode : null,
    cvc_check: cvcCheck,
  };
}

/** Stripe's older object of a card: the source of a charge, of a token, of a customer. */
export function cardObject(
  id: string,
  instrument: PaymentInstrument,
  { customer, metadata }: { customer: string | null; metadata: Readonly<Record<string, string>> },
): object {
  const { card, funding, country, name, address } = instrument;
  const checks = checksOf(instrument);
  return {
    id,
    object: 'card',
    address_city: address?.city ?? null,
    address_country: address?.country ?? null,
    address_line1: address?.line1 ?? null,
    address_line1_check: checks.address_line1_check,
    address_line2: address?.line2 ?? null,
    address_state: address?.state ?? null,
    address_zip: address?.postal_code ?? null,
    address_zip_check: checks.address_postal_code_check,
    allow_redisplay: 'unspecified',
    brand: brandNames[card.brand],
    country,
    customer,
    cvc_check: checks.cvc_check,
    dynamic_last4: null,
    exp_month: card.expMonth,
    exp_year: card.expYear,
    fingerprint: card.fingerprint,
    funding,
    last4: card.last4,
    metadata,
    name,
    regulated_status: 'unregulated',
    tokenization_method: null,
  };
}
