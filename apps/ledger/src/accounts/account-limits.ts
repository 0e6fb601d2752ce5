import type { HoldRefusal } from '#contracts';
import type { Currency, Money } from '#money';

/** What an operator allows an account, and how much of it is used up. */
export interface AccountLimits {
  readonly frozen: boolean;
  /** By currency: the most that its open holds may come to, in minor units. No entry, no cap. */
  readonly openHoldsCapMinor: Readonly<Partial<Record<Currency, number>>>;
  /** By currency: what its open holds come to, in minor units. Known only where there is a cap. */
  readonly openHoldsMinor: Readonly<Partial<Record<Currency, number>>>;
  /** By currency: how far below zero refunds may take its balance, in minor units. No entry: as the settings say. */
  readonly refundOverdraftMinor: Readonly<Partial<Record<Currency, number>>>;
}

export const unlimited: AccountLimits = {
  frozen: false,
  openHoldsCapMinor: {},
  openHoldsMinor: {},
  refundOverdraftMinor: {},
};

/** Why this amount may not be held for this account; undefined when it may. */
export function refusalFor(limits: AccountLimits, { amountMinor, currency }: Money): HoldRefusal | undefined {
  if (limits.frozen) return 'account_frozen';
  const capMinor = limits.openHoldsCapMinor[currency];
  if (capMinor === undefined) return undefined;
  const openMinor = limits.openHoldsMinor[currency] ?? 0;
  return openMinor + amountMinor > capMinor ? 'open_holds_cap' : undefined;
}
