import { passesLuhn } from '#card-numbers';
import { bankProtocol, type Card } from '#contracts';
import type { Instant } from '#clock';
import type { KeyedHash } from '../accounts/keyed-hash.js';
import { isHash, type Parameters } from '../protocol/parameters.js';
import { cardError, invalidRequest, resourceMissing, shown, type StripeError } from '../protocol/stripe-error.js';
import type { GivenCard, GivenSource } from './payment-source.js';
import {
  isDisputed,
  plainCardOf,
  testCardNamed,
  testCardOf,
  type AddressChecks,
  type CardAuthentication,
  type Funding,
  type TestCard,
} from './test-card.js';

/** The card of a charge, without its number. */
export interface PaymentInstrument {
  readonly card: Card;
  readonly funding: Funding;
  /** Two-letter country of issue. */
  readonly country: string;
  readonly name: string | null;
  readonly address: CardAddress | null;
  /** Null when the request had no security code. */
  readonly cvcCheck: 'pass' | 'fail' | null;
  /** Absent: what was given passes. */
  readonly addressChecks?: AddressChecks;
  readonly riskLevel?: 'elevated' | 'highest';
  readonly authentication?: CardAuthentication;
  /** Its holder has authenticated this payment. */
  readonly isAuthenticated?: true;
  readonly bypassesPending?: true;
  readonly refundsBeginPending?: true;
  /** The fault token that the charge carries. */
  readonly fault: string | null;
}

export interface CardAddress {
  readonly city: string | null;
  readonly country: string | null;
  readonly line1: string | null;
  readonly line2: string | null;
  readonly postal_code: string | null;
  readonly state: string | null;
}

/** `refused`: a card error that needs no bank, stored like a bank's decline. Invalid parameters are thrown. */
export type ReadPaymentSource =
  | { readonly kind: 'instrument'; readonly instrument: PaymentInstrument }
  | { readonly kind: 'refused'; readonly error: StripeError };

/**
 * Turns `source` (or the older `card`) into an instrument: a token, a test payment method, a fault token, or card
 * details. The card number is matched here and dropped.
 *
 * @throws StripeError 400 for a token that names nothing
 */
export function readInstrument({ source, param }: GivenSource, hash: KeyedHash, now: Instant): ReadPaymentSource {
  if (typeof source !== 'string') return spelledOut(source, param, hash, now);
  return { kind: 'instrument', instrument: named(source, param, hash, now) };
}

/** Whether a name stands for a test card, a fault or a dispute, for every account alike. */
export function isTestName(name: string): boolean {
  return testCardNamed(name) !== undefined || bankProtocol.parseFaultToken(name) !== undefined || isDisputed(name);
}

function named(token: string, param: string, hash: KeyedHash, now: Instant): PaymentInstrument {
  const aim = bankProtocol.parseFaultToken(token);
  if (aim && 'invalid' in aim) {
    throw invalidRequest(`Invalid fault token '${shown(token)}': ${aim.invalid}. ${bankProtocol.faultTokenGrammar}`, {
      param,
    });
  }
  if (aim) return instrumentOf(plainCardOf(aim.brand), hash, { ...laterExpiry(now), fault: token });
  const card = testCardNamed(token);
  if (card) {
    const cvcCheck = card.behavior === 'incorrect_cvc' ? 'fail' : null;
    return instrumentOf(card, hash, { ...laterExpiry(now), cvcCheck });
  }
  if (isDisputed(token)) throw disputesNotOffered(param);
  throw resourceMissing(token.startsWith('pm_') ? 'PaymentMethod' : 'token', token, param, 400);
}

function spelledOut(given: GivenCard, param: string, hash: KeyedHash, now: Instant): ReadPaymentSource {
  const { exp_month: expMonth, exp_year: writtenYear, cvc } = given;
  const digits = given.number.replaceAll(/[ -]/g, '');
  const refused = (
    code: string,
    message: string,
    field: 'number' | 'exp_month' | 'exp_year' | 'cvc',
  ): ReadPaymentSource => ({
    kind: 'refused',
    error: cardError({ code, message, param: field }),
  });

  if (!/^\d{12,19}$/.test(digits) || !passesLuhn(digits)) {
    return refused('incorrect_number', 'Your card number is incorrect.', 'number');
  }
  const expYear = writtenYear < 100 ? writtenYear + 2000 : writtenYear;
  if (expMonth < 1 || expMonth > 12) {
    return refused('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month');
  }
  const today = new Date(now);
  const expired =
    expYear < today.getUTCFullYear() || (expYear === today.getUTCFullYear() && expMonth < today.getUTCMonth() + 1);
  if (expired || expYear > today.getUTCFullYear() + 50) {
    return refused('invalid_expiry_year', "Your card's expiration year is invalid.", 'exp_year');
  }
  if (cvc !== undefined && !/^\d{3,4}$/.test(cvc)) {
    return refused('invalid_cvc', "Your card's security code is invalid.", 'cvc');
  }
  if (isDisputed(digits)) throw disputesNotOffered(param);
  const card = testCardOf(digits);
  if (!card) {
    return {
      kind: 'refused',
      error: cardError({
        code: 'card_declined',
        decline_code: 'test_mode_live_card',
        message:
          'Your card was declined. Only the card numbers of the test page are accepted here; this one is none of them.',
        param: 'number',
      }),
    };
  }
  const address = {
    city: given.address_city,
    country: given.address_country,
    line1: given.address_line1,
    line2: given.address_line2,
    postal_code: given.address_zip,
    state: given.address_state,
  };
  return {
    kind: 'instrument',
    instrument: instrumentOf(checkedBy(card, given), hash, {
      expMonth,
      expYear,
      name: given.name,
      ...(Object.values(address).some((part) => part !== null) && { address }),
      cvcCheck: cvc === undefined ? null : card.behavior === 'incorrect_cvc' ? 'fail' : 'pass',
    }),
  };
}

/** Stripe: what is not given is not checked, so that its check cannot fail. */
function checkedBy({ addressChecks, ...card }: TestCard, { cvc, address_line1, address_zip }: GivenCard): TestCard {
  return {
    ...card,
    ...(cvc === undefined && card.behavior === 'incorrect_cvc' && { behavior: 'approve' }),
    ...(addressChecks && (address_line1 !== null || address_zip !== null) && { addressChecks }),
  };
}

function disputesNotOffered(param: string): StripeError {
  return invalidRequest('This test card makes a dispute, which is not offered here.', { param });
}

function instrumentOf(
  card: TestCard,
  hash: KeyedHash,
  given: { expMonth: number; expYear: number } & Partial<
    Pick<PaymentInstrument, 'name' | 'address' | 'cvcCheck' | 'fault'>
  >,
): PaymentInstrument {
  const { expMonth, expYear, name = null, address = null, cvcCheck = null, fault = card.fault ?? null } = given;
  const { addressChecks, riskLevel, authentication, bypassesPending, refundsBeginPending } = card;
  return {
    card: {
      brand: card.brand,
      last4: card.number.slice(-4),
      expMonth,
      expYear,
      fingerprint: fingerprintOfTestCard(card, hash),
      behavior: card.behavior,
    },
    funding: card.funding,
    country: card.country,
    name,
    address,
    cvcCheck,
    ...(addressChecks && { addressChecks }),
    ...(riskLevel && { riskLevel }),
    ...(authentication && { authentication }),
    ...(bypassesPending && { bypassesPending }),
    ...(refundsBeginPending && { refundsBeginPending }),
    fault,
  };
}

export function fingerprintOf(digits: string, hash: KeyedHash): string {
  return hash.token('card', digits);
}

const known = new WeakMap<KeyedHash, Map<string, string>>();

/** Cached: there are few test cards, and each is charged often. */
function fingerprintOfTestCard({ number }: TestCard, hash: KeyedHash): string {
  const fingerprints = known.get(hash) ?? new Map<string, string>();
  known.set(hash, fingerprints);
  const fingerprint = fingerprints.get(number) ?? fingerprintOf(number, hash);
  fingerprints.set(number, fingerprint);
  return fingerprint;
}

/** The card behind a token expires a year from now. */
function laterExpiry(now: Instant): { expMonth: number; expYear: number } {
  const today = new Date(now);
  return { expMonth: today.getUTCMonth() + 1, expYear: today.getUTCFullYear() + 1 };
}

/**
 * The parameters that the idempotency fingerprint covers: the card number becomes its fingerprint and the security
 * code is left out, so that neither can be recovered from what is stored.
 */
export function withoutSecrets(parameters: Parameters, hash: KeyedHash): Parameters {
  const replaced = new Map(parameters);
  const data = parameters.get('payment_method_data');
  if (isHash(data)) replaced.set('payment_method_data', withoutSecrets(data, hash));
  for (const name of ['source', 'card']) {
    const card = parameters.get(name);
    if (!isHash(card)) continue;
    const fields = new Map(card);
    const number = fields.get('number');
    const digits = typeof number === 'string' ? number.replaceAll(/\D/g, '') : '';
    fields.delete('number');
    fields.delete('cvc');
    replaced.set(name, fields.set('fingerprint', fingerprintOf(digits, hash)));
  }
  return replaced;
}
