import type { Aim } from '#bank-call';
import type { bankProtocol } from '#contracts';

/** A bank's availability for routing. */
export interface BankView {
  readonly profile: bankProtocol.BankProfile;
  /** Whether the breakers of this charge's caller, isolated or shared, let movements pass. */
  isAvailableTo(charge: Aim): boolean;
}

/** @returns the first untried bank of the card's network, by preference, with a breaker that is not open, if any */
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
