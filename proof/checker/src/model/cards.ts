/** A test card. Source: Stripe's documentation, "Test cards". */
export interface ModelCard {
  readonly brand: string;
  readonly last4: string;
  readonly funding: 'credit' | 'debit' | 'prepaid';
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
};

/** Whether a decline has its documented message. The ledger's refusals add their reason. */
export const isMessageOf = (declineCode: string, message: string): boolean =>
  message.startsWith(messages[declineCode] ?? PLAIN);

/** Stripe's network statuses of a failed charge, by the type of its outcome. */
export const outcomeTypes: Readonly<Record<string, readonly string[]>> = {
  issuer_declined: ['declined_by_network'],
  blocked: ['reversed_after_approval'],
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
];

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

for (const [name, brand, number] of good)
  enter({ brand, last4: number.slice(-4), funding: fundingOf(name) }, number, [name]);
for (const [name, number, declines] of bad)
  enter({ brand: 'visa', last4: number.slice(-4), funding: 'credit', declines }, number, [name, `visa_${name}`]);

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
