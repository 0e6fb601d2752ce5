import type { Aim } from '#bank-call';
import type { bankProtocol } from '#contracts';

/** A bank as routing sees it at this moment. */
export interface BankView {
  readonly profile: bankProtocol.BankProfile;
  /** The breakers that the charge's calls have to pass let movements pass: a charge with a fault token has its own. */
  isAvailableTo(charge: Aim): boolean;
}

/**
 * The first bank of the card's network, in the order of its preference, that was not tried for this charge and
 * whose breaker is not open.
 *
 * @returns undefined when no bank can be asked now
 */
export function route(
  charge: Aim,
  brand: bankProtocol.Brand,
  banks: readonly BankView[],
  tried: readonly bankProtocol.BankName[],
): bankProtocol.BankProfile | undefined {
  const rank = ({ profile }: BankView): number => profile.networks.indexOf(brand);
  const serving = banks.filter(
    (bank) => rank(bank) >= 0 && !tried.includes(bank.profile.name) && bank.isAvailableTo(charge),
  );
  return serving.sort((a, b) => rank(a) - rank(b))[0]?.profile;
}
