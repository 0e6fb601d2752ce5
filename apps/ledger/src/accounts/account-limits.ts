import type { HoldRefusal } from '#contracts';
import type { Currency, Money } from '#money';

/** An operator's limits for an account, and their use. */
export interface AccountLimits {
  readonly frozen: boolean;
  /** By currency: the cap of the sum of open holds, in minor units. Without an entry there is no cap. */
  readonly openHoldsCapMinor: Readonly<Partial<Record<Currency, number>>>;
  /** By currency: the sum of open holds, in minor units. Set only for currencies with a cap. */
  readonly openHoldsMinor: Readonly<Partial<Record<Currency, number>>>;
  /** By currency: how far below zero refunds may take the balance, in minor units. Without an entry: the default. */
  readonly refundOverdraftMinor: Readonly<Partial<Record<Currency, number>>>;
}

export const unlimited: AccountLimits = {
  frozen: false,
  openHoldsCapMinor: {},
  openHoldsMinor: {},
  refundOverdraftMinor: {},
};

/** @returns the reason to refuse a hold of this amount, if any */
export function refusalFor(limits: AccountLimits, { amountMinor, currency }: Money): HoldRefusal | undefined {
  if (limits.frozen) return 'account_frozen';
  const capMinor = limits.openHoldsCapMinor[currency];
  if (capMinor === undefined) return undefined;
  const openMinor = limits.openHoldsMinor[currency] ?? 0;
  return openMinor + amountMinor > capMinor ? 'open_holds_cap' : undefined;
}
