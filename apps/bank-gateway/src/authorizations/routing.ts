import type { bankProtocol } from '#contracts';

/** A bank as routing sees it at this moment. */
export interface BankView {
  readonly profile: bankProtocol.BankProfile;
  /** Its breaker lets movements pass. */
  readonly available: boolean;
}

/**
 * The first bank of the card's network, in the order of its preference, that was not tried for this charge and
 * whose breaker is not open.
 *
 * @returns undefined when no bank can be asked now
 */
export function route(
  brand: bankProtocol.Brand,
  banks: readonly BankView[],
  tried: readonly bankProtocol.BankName[],
): bankProtocol.BankProfile | undefined {
  const rank = ({ profile }: BankView): number => profile.networks.indexOf(brand);
  const serving = banks.filter((bank) => bank.available && rank(bank) >= 0 && !tried.includes(bank.profile.name));
  return serving.sort((a, b) => rank(a) - rank(b))[0]?.profile;
}
