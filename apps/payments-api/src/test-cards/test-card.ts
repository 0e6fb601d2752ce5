import type { bankProtocol, Card } from '#contracts';

export type CardBehavior = Card['behavior'];
export type Funding = 'credit' | 'debit' | 'prepaid';

/** A card number of Stripe's testing page, with the names that SDK examples use. */
export interface TestCard extends CardTraits {
  readonly number: string;
  readonly brand: bankProtocol.Brand;
  readonly funding: Funding;
  /** Two-letter country of issue. */
  readonly country: string;
  readonly behavior: CardBehavior;
  /** `visa` is `tok_visa` and `pm_card_visa`. */
  readonly names: readonly string[];
}

/** What a card does beside being approved or declined. */
export interface CardTraits {
  /** Its holder is asked by 3D Secure, where the payment allows to ask. */
  readonly authentication?: CardAuthentication;
  readonly riskLevel?: 'elevated' | 'highest';
  /** How the checks of an address end; they pass otherwise. */
  readonly addressChecks?: AddressChecks;
  /** A charge is available at once, as at Stripe: it bypasses the pending balance. */
  readonly bypassesPending?: true;
  /** A refund is answered as `pending`, and succeeds afterwards. */
  readonly refundsBeginPending?: true;
  /** The fault token that a charge with this card carries. */
  readonly fault?: string;
}

export interface CardAuthentication {
  /** On session only, for a card that counts as set up for payments off session; or only where the merchant asks for it. */
  readonly isAsked: 'always' | 'unless_set_up' | 'on_session' | 'on_request';
  /** What the card does once its holder has authenticated, or need not. */
  readonly afterwards: CardBehavior;
}

export interface AddressChecks {
  readonly line1: CheckOutcome;
  readonly postalCode: CheckOutcome;
}
export type CheckOutcome = 'pass' | 'fail' | 'unavailable';

type Given = Partial<Omit<TestCard, 'number' | 'brand' | 'names'>>;

const card = (
  number: string,
  brand: bankProtocol.Brand,
  names: readonly string[] = [],
  given: Given = {},
): TestCard => ({ number, brand, names, funding: 'credit', country: 'US', behavior: 'approve', ...given });

/** Visa cards whose names are accepted with and without `visa_`. */
const special = (number: string, name: string, given: Given): TestCard =>
  card(number, 'visa', [name, `visa_${name}`], given);

const declines = (number: string, behavior: CardBehavior, name: string, given: Given = {}): TestCard =>
  special(number, name, { behavior, ...given });

/** A bare charge cannot ask its holder, so it is declined. */
const asks = (
  number: string,
  name: string,
  isAsked: CardAuthentication['isAsked'] = 'always',
  afterwards: CardBehavior = 'approve',
): TestCard => declines(number, 'authentication_required', name, { authentication: { isAsked, afterwards } });

/** `tok_br`: a card of that country. */
const ofCountries = (cards: Readonly<Record<string, string>>): TestCard[] =>
  Object.entries(cards).map(([name, number]) =>
    card(number, brandOf(number), [name], {
      country: name.slice(0, 2).toUpperCase(),
      funding: name.endsWith('_debit') ? 'debit' : 'credit',
    }),
  );

const brandOf = (number: string): bankProtocol.Brand =>
  number.startsWith('4') ? 'visa' : number.startsWith('5') ? 'mastercard' : 'jcb';

const failed = { line1: 'fail', postalCode: 'fail' } as const;

/** Source: Stripe's documentation, Testing. */
export const testCards: readonly TestCard[] = [
  card('4242424242424242', 'visa', ['visa', 'us']),
  card('4000056655665556', 'visa', ['visa_debit'], { funding: 'debit' }),
  card('5555555555554444', 'mastercard', ['mastercard']),
  card('2223003122003222', 'mastercard'),
  card('5200828282828210', 'mastercard', ['mastercard_debit'], { funding: 'debit' }),
  card('5105105105105100', 'mastercard', ['mastercard_prepaid'], { funding: 'prepaid' }),
  card('378282246310005', 'amex', ['amex', 'amex_threeDSecureNotSupported']),
  card('371449635398431', 'amex'),
  card('6011111111111117', 'discover', ['discover']),
  card('6011000990139424', 'discover'),
  card('6011981111111113', 'discover', ['discover_debit'], { funding: 'debit' }),
  card('3056930009020004', 'diners', ['diners']),
  card('36227206271667', 'diners'),
  card('3566002020360505', 'jcb', ['jcb'], { country: 'JP' }),
  card('6200000000000005', 'unionpay', ['unionpay'], { country: 'CN' }),
  card('6200000000000047', 'unionpay', ['unionpay_debit'], { country: 'CN', funding: 'debit' }),
  card('6205500000000000004', 'unionpay', [], { country: 'CN' }),
  card('4000002500001001', 'visa', ['visa_cartesBancaires'], { country: 'FR' }),
  card('5555552500001001', 'mastercard', ['mastercard_cartesBancaires'], { country: 'FR' }),
  card('4000050360000001', 'visa', ['visa_debit_eftposAuCoBranded'], { country: 'AU', funding: 'debit' }),
  card('5555050360000080', 'mastercard', ['mastercard_debit_eftposAuCoBranded'], { country: 'AU', funding: 'debit' }),
  ...ofCountries({
    ar: '4000000320000021',
    br: '4000000760000002',
    ca: '4000001240000000',
    cl: '4000001520000001',
    co: '4000001700000003',
    cr: '4000001880000005',
    ec: '4000002180000000',
    mx: '4000004840008001',
    pa: '4000005910000000',
    py: '4000006000000066',
    pe: '4000006040000068',
    uy: '4000008580000003',
    ae: '4000007840000001',
    ae_mastercard: '5200007840000022',
    at: '4000000400000008',
    be: '4000000560000004',
    bg: '4000001000000000',
    by: '4000001120000005',
    hr: '4000001910000009',
    cy: '4000001960000008',
    cz: '4000002030000002',
    dk: '4000002080000001',
    ee: '4000002330000009',
    fi: '4000002460000001',
    fr: '4000002500000003',
    de: '4000002760000016',
    gi: '4000002920000005',
    gr: '4000003000000030',
    hu: '4000003480000005',
    ie: '4000003720000005',
    it: '4000003800000008',
    lv: '4000004280000005',
    li: '4000004380000004',
    lt: '4000004400000000',
    lu: '4000004420000006',
    mt: '4000004700000007',
    nl: '4000005280000002',
    no: '4000005780000007',
    pl: '4000006160000005',
    pt: '4000006200000007',
    ro: '4000006420000001',
    sa: '4000006820000007',
    si: '4000007050000006',
    sk: '4000007030000001',
    es: '4000007240000007',
    se: '4000007520000008',
    ch: '4000007560000009',
    gb: '4000008260000000',
    gb_debit: '4000058260000005',
    gb_mastercard: '5555558265554449',
    au: '4000000360000006',
    cn: '4000001560000002',
    hk: '4000003440000004',
    in: '4000003560000008',
    jp: '4000003920000003',
    jp_jcb: '3530111333300000',
    my: '4000004580000002',
    nz: '4000005540000008',
    sg: '4000007020000003',
    tw: '4000001580000008',
    th_credit: '4000007640000003',
    th_debit: '4000057640000008',
  }),
  declines('4000000000000002', 'generic_decline', 'chargeDeclined'),
  declines('4000000000009995', 'insufficient_funds', 'chargeDeclinedInsufficientFunds'),
  declines('4000000000009987', 'lost_card', 'chargeDeclinedLostCard'),
  declines('4000000000009979', 'stolen_card', 'chargeDeclinedStolenCard'),
  declines('4000000000000069', 'expired_card', 'chargeDeclinedExpiredCard'),
  declines('4000000000000127', 'incorrect_cvc', 'chargeDeclinedIncorrectCvc'),
  declines('4000000000000119', 'processing_error', 'chargeDeclinedProcessingError'),
  declines('4000000000006975', 'card_velocity_exceeded', 'chargeDeclinedVelocityLimitExceeded'),
  declines('4000000000000341', 'attaches_then_fails', 'chargeCustomerFail'),
  // Radar's default rules block the highest risk and a security code that its check refuses.
  card('4100000000000019', 'visa', ['radarBlock', 'chargeDeclinedFraudulent', 'visa_chargeDeclinedFraudulent'], {
    behavior: 'fraudulent',
    riskLevel: 'highest',
  }),
  declines('4000000000004954', 'fraudulent', 'riskLevelHighest', { riskLevel: 'highest' }),
  special('4000000000009235', 'riskLevelElevated', { riskLevel: 'elevated' }),
  declines('4000000000000101', 'incorrect_cvc', 'cvcCheckFail'),
  declines('4000058400307872', 'incorrect_cvc', 'cvcCheckFailElevatedRisk', { riskLevel: 'elevated' }),
  special('4000000000000036', 'avsZipFail', { addressChecks: { line1: 'pass', postalCode: 'fail' } }),
  special('4000058400306072', 'avsZipFailElevatedRisk', {
    addressChecks: { line1: 'pass', postalCode: 'fail' },
    riskLevel: 'elevated',
  }),
  special('4000000000000028', 'avsLine1Fail', { addressChecks: { line1: 'fail', postalCode: 'pass' } }),
  special('4000000000000010', 'avsFail', { addressChecks: failed }),
  special('4000000000000044', 'avsUnchecked', { addressChecks: { line1: 'unavailable', postalCode: 'unavailable' } }),
  special('4000000000000093', 'domesticPricing', {}),
  special('4000000000000077', 'bypassPending', { bypassesPending: true }),
  special('4000003720000278', 'bypassPendingInternational', { bypassesPending: true, country: 'IE' }),
  special('4000000000007726', 'pendingRefund', { refundsBeginPending: true }),
  special('4000000000005126', 'refundFail', { fault: 'tok_fault_refund_refuse_always' }),
  asks('4000002500003155', 'authenticationRequiredOnSetup', 'unless_set_up'),
  asks('4000002760003184', 'authenticationRequired'),
  asks('4000003800000446', 'authenticationRequiredSetupForOffSession', 'on_session'),
  asks('4000008260003178', 'authenticationRequiredChargeDeclinedInsufficientFunds', 'always', 'insufficient_funds'),
  asks('4000000000003220', 'threeDSecure2Required'),
  asks('4000000000003063', 'threeDSecureRequired'),
  asks('4000008400001629', 'threeDSecureRequiredChargeDeclined', 'always', 'generic_decline'),
  declines('4000008400001280', 'generic_decline', 'threeDSecureRequiredProcessingError'),
  special('4000000000003055', 'threeDSecureOptional', {
    authentication: { isAsked: 'on_request', afterwards: 'approve' },
  }),
  special('4000000000003097', 'threeDSecureOptionalProcessingError', {}),
];

/** Cards whose outcome is a dispute, which is not offered here. */
const disputed: Readonly<Record<string, string>> = {
  createDispute: '4000000000000259',
  createDisputeProductNotReceived: '4000000000002685',
  createDisputeInquiry: '4000000000001976',
  createIssuerFraudRecord: '4000000000005423',
  createMultipleDisputes: '4000000404000079',
};
const disputedNumbers = new Set(Object.values(disputed));

const byNumber = new Map(testCards.map((card) => [card.number, card]));
const byToken = new Map(
  testCards.flatMap((card) =>
    card.names.flatMap((name) => [`tok_${name}`, `pm_card_${name}`].map((token) => [token, card] as const)),
  ),
);
const byBrand = new Map(
  testCards
    .filter(({ behavior, names }) => behavior === 'approve' && names.length > 0)
    .reverse()
    .map((card) => [card.brand, card]),
);

export function testCardOf(digits: string): TestCard | undefined {
  return byNumber.get(digits);
}

export function testCardNamed(token: string): TestCard | undefined {
  return byToken.get(token);
}

/** The approving card of a brand, which fault tokens charge. */
export function plainCardOf(brand: bankProtocol.Brand): TestCard {
  return byBrand.get(brand)!;
}

/** @param source a token or a number */
export const isDisputed = (source: string): boolean =>
  disputedNumbers.has(source) || Object.hasOwn(disputed, source.replace(/^(tok|pm_card)_(visa_)?/, ''));
