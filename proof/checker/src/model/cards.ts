/** A test card. Source: Stripe's documentation, "Test cards". */
export interface ModelCard {
  readonly brand: string;
  readonly last4: string;
  readonly funding: 'credit' | 'debit' | 'prepaid';
  /** Two-letter country of issue. */
  readonly country: string;
  readonly riskLevel?: 'elevated' | 'highest';
  /** Results of the checks of its address and its security code, behind a token; null if there was nothing to check. */
  readonly checks?: readonly [line1: string | null, postalCode: string | null, cvc: string | null];
  /** Its charge is available at once. */
  readonly bypassesPending?: true;
  /** Its decline. Absent for an approving card. */
  readonly declines?: Decline;
  /** The fault token. */
  readonly fault?: string;
}

/** Codes of a decline. */
export interface Decline {
  readonly code: string;
  readonly declineCode: string;
}

const declined = (declineCode: string): Decline => ({ code: 'card_declined', declineCode });
const itself = (code: string): Decline => ({ code, declineCode: code });

/** Declines that any card may get: the bank refuses, or cannot be reached. */
export const failuresOfBanks: readonly Decline[] = [declined('generic_decline'), itself('processing_error')];

const PLAIN = 'Your card was declined';

/** How the message of each decline begins. Source: Stripe's documentation, "Decline codes". */
const messages: Readonly<Record<string, string>> = {
  generic_decline: PLAIN,
  insufficient_funds: 'Your card has insufficient funds',
  lost_card: PLAIN,
  stolen_card: PLAIN,
  card_velocity_exceeded: 'Your card was declined for making repeated attempts too frequently',
  expired_card: 'Your card has expired',
  incorrect_cvc: "Your card's security code is incorrect",
  processing_error: 'An error occurred while processing your card',
  authentication_required: 'Your card was declined. This transaction requires authentication',
};

/** Whether a decline has its documented message. The ledger's refusals add their reason. */
export const isMessageOf = (declineCode: string, message: string): boolean =>
  message.startsWith(messages[declineCode] ?? PLAIN);

/** Stripe's network statuses of a failed charge, by the type of its outcome. */
export const outcomeTypes: Readonly<Record<string, readonly string[]>> = {
  issuer_declined: ['declined_by_network'],
  blocked: ['not_sent_to_network', 'reversed_after_approval'],
  invalid: ['not_sent_to_network', 'reversed_after_approval'],
};

const good: readonly (readonly [name: string, brand: string, number: string])[] = [
  ['visa', 'visa', '4242424242424242'],
  ['us', 'visa', '4242424242424242'],
  ['visa_debit', 'visa', '4000056655665556'],
  ['mastercard', 'mastercard', '5555555555554444'],
  ['', 'mastercard', '2223003122003222'],
  ['mastercard_debit', 'mastercard', '5200828282828210'],
  ['mastercard_prepaid', 'mastercard', '5105105105105100'],
  ['amex', 'amex', '378282246310005'],
  ['', 'amex', '371449635398431'],
  ['discover', 'discover', '6011111111111117'],
  ['', 'discover', '6011000990139424'],
  ['discover_debit', 'discover', '6011981111111113'],
  ['diners', 'diners', '3056930009020004'],
  ['', 'diners', '36227206271667'],
  ['jcb', 'jcb', '3566002020360505'],
  ['unionpay', 'unionpay', '6200000000000005'],
  ['unionpay_debit', 'unionpay', '6200000000000047'],
  ['', 'unionpay', '6205500000000000004'],
];

const bad: readonly (readonly [name: string, number: string, declines: Decline])[] = [
  ['chargeDeclined', '4000000000000002', declined('generic_decline')],
  ['chargeDeclinedInsufficientFunds', '4000000000009995', declined('insufficient_funds')],
  ['chargeDeclinedLostCard', '4000000000009987', declined('lost_card')],
  ['chargeDeclinedStolenCard', '4000000000009979', declined('stolen_card')],
  ['chargeDeclinedExpiredCard', '4000000000000069', itself('expired_card')],
  ['chargeDeclinedIncorrectCvc', '4000000000000127', itself('incorrect_cvc')],
  ['chargeDeclinedProcessingError', '4000000000000119', itself('processing_error')],
  ['chargeDeclinedVelocityLimitExceeded', '4000000000006975', declined('card_velocity_exceeded')],
  ['chargeCustomerFail', '4000000000000341', declined('generic_decline')],
  ['authenticationRequired', '4000002760003184', itself('authentication_required')],
  ['authenticationRequiredOnSetup', '4000002500003155', itself('authentication_required')],
  ['threeDSecure2Required', '4000000000003220', itself('authentication_required')],
  ['threeDSecureRequiredProcessingError', '4000008400001280', declined('generic_decline')],
];

/** Cards that do more than approve. Source: Stripe's documentation, "Fraud prevention", "Refunds", "Available balance". */
const special: readonly (readonly [name: string, number: string, does: Partial<ModelCard>])[] = [
  ['radarBlock', '4100000000000019', { declines: declined('fraudulent'), riskLevel: 'highest' }],
  ['chargeDeclinedFraudulent', '4100000000000019', { declines: declined('fraudulent'), riskLevel: 'highest' }],
  ['riskLevelHighest', '4000000000004954', { declines: declined('fraudulent'), riskLevel: 'highest' }],
  ['riskLevelElevated', '4000000000009235', { riskLevel: 'elevated' }],
  ['cvcCheckFail', '4000000000000101', { declines: itself('incorrect_cvc'), checks: [null, null, 'fail'] }],
  ['avsZipFail', '4000000000000036', { checks: ['pass', 'fail', null] }],
  ['avsLine1Fail', '4000000000000028', { checks: ['fail', 'pass', null] }],
  ['avsFail', '4000000000000010', { checks: ['fail', 'fail', null] }],
  ['avsUnchecked', '4000000000000044', { checks: ['unavailable', 'unavailable', null] }],
  ['domesticPricing', '4000000000000093', {}],
  ['bypassPending', '4000000000000077', { bypassesPending: true }],
  ['bypassPendingInternational', '4000003720000278', { bypassesPending: true, country: 'IE' }],
  ['pendingRefund', '4000000000007726', {}],
  ['refundFail', '4000000000005126', { fault: 'tok_fault_refund_refuse_always' }],
  ['threeDSecureOptional', '4000000000003055', {}],
];

/** By name: the first two letters are the country. Source: Stripe's documentation, "Cards by country". */
const ofCountries: Readonly<Record<string, string>> = {
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
};

const byNumber = new Map<string, ModelCard>();
const byToken = new Map<string, ModelCard>();

function enter(card: ModelCard, number: string, names: readonly string[]): void {
  byNumber.set(number, card);
  for (const name of names.filter((name) => name !== '')) {
    byToken.set(`tok_${name}`, card);
    byToken.set(`pm_card_${name}`, card);
  }
}

const fundingOf = (name: string): ModelCard['funding'] =>
  name.endsWith('_debit') ? 'debit' : name.endsWith('_prepaid') ? 'prepaid' : 'credit';

const countryOf = (brand: string): string => (brand === 'jcb' ? 'JP' : brand === 'unionpay' ? 'CN' : 'US');
const visa = (number: string): ModelCard => ({
  brand: 'visa',
  last4: number.slice(-4),
  funding: 'credit',
  country: 'US',
});
const incorrectCvc: ModelCard['checks'] = [null, null, 'fail'];

for (const [name, brand, number] of good)
  enter({ brand, last4: number.slice(-4), funding: fundingOf(name), country: countryOf(brand) }, number, [name]);
for (const [name, number, declines] of bad) {
  const checks = declines.code === 'incorrect_cvc' ? { checks: incorrectCvc } : {};
  enter({ ...visa(number), declines, ...checks }, number, [name, `visa_${name}`]);
}
for (const [name, number, does] of special) enter({ ...visa(number), ...does }, number, [name, `visa_${name}`]);
for (const [name, number] of Object.entries(ofCountries)) {
  const brand = number.startsWith('4') ? 'visa' : number.startsWith('5') ? 'mastercard' : 'jcb';
  const country = name.slice(0, 2).toUpperCase();
  enter({ ...visa(number), brand, country, funding: fundingOf(name) }, number, [name]);
}

const operations = 'authorize|capture|void|refund|inquire|ledger';
const faults =
  'latency|slow_drip|hang|error|not_processed|rate_limited|reject|outage|cut|malformed|drop_before|drop_after|late|duplicate|inquiry_lag|refuse|decline_after_timeout';
const faultToken = new RegExp(
  `^(?:tok|pm_card)_fault_(?:${operations})_(?:${faults})(?:_(?:\\d+|always))?(?:_on_(?<brand>[a-z]+))?$`,
);

/** Whether it has the form of a fault token, valid or not. */
export const isFaultToken = (token: string): boolean => /^(?:tok|pm_card)_fault_/.test(token);

/** The card of a token. Undefined for an unknown token. */
export function cardNamed(token: string): ModelCard | undefined {
  const aimed = faultToken.exec(token);
  if (!aimed) return byToken.get(token);
  const card = byToken.get(`tok_${aimed.groups?.['brand'] ?? 'visa'}`);
  return card && { ...card, fault: token };
}

export const cardNumbered = (number: string): ModelCard | undefined => byNumber.get(number.replaceAll(/[ -]/g, ''));

/** Whether the ledger refuses the hold of a charge with this token. */
export const isRefusedByLedger = ({ fault }: ModelCard): boolean =>
  fault !== undefined && /_fault_ledger_refuse/.test(fault);
