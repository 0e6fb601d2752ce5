import type { bankProtocol, Card } from '#contracts';

export type CardBehavior = Card['behavior'];
export type Funding = 'credit' | 'debit' | 'prepaid';

/** A card number of Stripe's testing page, with the names that SDK examples use. */
export interface TestCard {
  readonly number: string;
  readonly brand: bankProtocol.Brand;
  readonly funding: Funding;
  readonly behavior: CardBehavior;
  /** `visa` is `tok_visa` and `pm_card_visa`. */
  readonly names: readonly string[];
}

const approves = (
  number: string,
  brand: bankProtocol.Brand,
  names: readonly string[] = [],
  funding: Funding = 'credit',
): TestCard => ({ number, brand, funding, behavior: 'approve', names });

/** Declines are Visa cards; each name is accepted with and without `visa_`. */
const declines = (number: string, behavior: CardBehavior, name: string): TestCard => ({
  number,
  brand: 'visa',
  funding: 'credit',
  behavior,
  names: [name, `visa_${name}`],
});

/** Source: Stripe's documentation, Testing. */
export const testCards: readonly TestCard[] = [
  approves('4242424242424242', 'visa', ['visa', 'us']),
  approves('4000056655665556', 'visa', ['visa_debit'], 'debit'),
  approves('5555555555554444', 'mastercard', ['mastercard']),
  approves('2223003122003222', 'mastercard'),
  approves('5200828282828210', 'mastercard', ['mastercard_debit'], 'debit'),
  approves('5105105105105100', 'mastercard', ['mastercard_prepaid'], 'prepaid'),
  approves('378282246310005', 'amex', ['amex']),
  approves('371449635398431', 'amex'),
  approves('6011111111111117', 'discover', ['discover']),
  approves('6011000990139424', 'discover'),
  approves('6011981111111113', 'discover', ['discover_debit'], 'debit'),
  approves('3056930009020004', 'diners', ['diners']),
  approves('36227206271667', 'diners'),
  approves('3566002020360505', 'jcb', ['jcb']),
  approves('6200000000000005', 'unionpay', ['unionpay']),
  approves('6200000000000047', 'unionpay', ['unionpay_debit'], 'debit'),
  approves('6205500000000000004', 'unionpay'),
  declines('4000000000000002', 'generic_decline', 'chargeDeclined'),
  declines('4000000000009995', 'insufficient_funds', 'chargeDeclinedInsufficientFunds'),
  declines('4000000000009987', 'lost_card', 'chargeDeclinedLostCard'),
  declines('4000000000009979', 'stolen_card', 'chargeDeclinedStolenCard'),
  declines('4000000000000069', 'expired_card', 'chargeDeclinedExpiredCard'),
  declines('4000000000000127', 'incorrect_cvc', 'chargeDeclinedIncorrectCvc'),
  declines('4000000000000119', 'processing_error', 'chargeDeclinedProcessingError'),
  declines('4000000000006975', 'card_velocity_exceeded', 'chargeDeclinedVelocityLimitExceeded'),
  declines('4000000000000341', 'attaches_then_fails', 'chargeCustomerFail'),
];

const byNumber = new Map(testCards.map((card) => [card.number, card]));
const byToken = new Map(
  testCards.flatMap((card) =>
    card.names.flatMap((name) => [`tok_${name}`, `pm_card_${name}`].map((token) => [token, card] as const)),
  ),
);
const byBrand = new Map(
  testCards
    .filter((card) => card.behavior === 'approve')
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
