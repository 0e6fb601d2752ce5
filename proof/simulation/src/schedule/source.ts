import { bankProtocol } from '#contracts';
import type { Random } from '#virtual-time';

/** One card for each bank, which is its network's first choice. */
const cards = bankProtocol.bankNames.map((bank) => ({ brand: bankProtocol.bankProfiles[bank].networks[0]!, bank }));
const unhappy = [
  'tok_chargeDeclined',
  'tok_chargeDeclinedInsufficientFunds',
  'tok_visa_chargeDeclinedLostCard',
  'tok_chargeDeclinedStolenCard',
  'tok_chargeDeclinedExpiredCard',
  'tok_visa_chargeDeclinedIncorrectCvc',
  'tok_chargeDeclinedProcessingError',
  'tok_chargeDeclinedVelocityLimitExceeded',
  'tok_chargeCustomerFail',
  'tok_chargeDeclinedFraudulent',
  'tok_authenticationRequired',
  'tok_fault_ledger_refuse',
  'tok_fault_ledger_refuse',
  'tok_fault_ledger_refuse',
] as const;

/** Cards that are charged, and show or do something beside. */
const special = [
  'tok_riskLevelElevated',
  'tok_avsFail',
  'tok_bypassPending',
  'tok_pendingRefund',
  'tok_refundFail',
  'tok_br',
  'tok_jp_jcb',
] as const;

/** Faults for fault tokens. */
const aimed = [
  'hang',
  'error',
  'cut',
  'drop_before',
  'drop_after',
  'late',
  'duplicate',
  'not_processed',
  'refuse',
] as const;

/** A source: cards of all networks in turn, so that every bank is used; some are declined, some are fault tokens. */
export function sourceOf(random: Random, place: number): string {
  const { brand } = cards[place] ?? random.pick(cards);
  if (random.chance(0.4)) {
    const operation = random.pick(['authorize', 'authorize', 'capture', 'capture', 'void', 'refund'] as const);
    const times = random.chance(0.3) ? '_2' : '';
    return `tok_fault_${operation}_${random.pick(aimed)}${times}_on_${brand}`;
  }
  if (place < cards.length || !random.chance(0.35)) return `tok_${brand}`;
  return random.pick(random.chance(0.3) ? special : unhappy);
}

export const bankOfSource = (source: string): bankProtocol.BankName =>
  cards.find(({ brand }) => source.endsWith(brand))?.bank ?? 'alder';
