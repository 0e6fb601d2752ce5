import type { WorkingSet } from '#saga';
import type { Currency } from '#money';
import { unlimited, type AccountLimits } from '../accounts/account-limits.js';
import { noHold, type Hold, type HoldKey } from './hold.js';

type OpenMinor = Partial<Record<Currency, number>>;

/** The holds of one batch, and their accounts' limits, including holds that the batch has placed and closed. */
export class HoldWorkingSet implements WorkingSet<Hold, HoldKey, AccountLimits> {
  private readonly holds = new Map<string, Hold>();
  private readonly limits: Map<string, AccountLimits>;

  /** @param limits by account; accounts without limits are missing */
  constructor(stored: Iterable<Hold>, limits: ReadonlyMap<string, AccountLimits>) {
    for (const hold of stored) this.holds.set(hold.chargeId, hold);
    this.limits = new Map(limits);
  }

  get({ chargeId }: HoldKey): Hold {
    return this.holds.get(chargeId) ?? noHold(chargeId);
  }

  contextOf({ account }: HoldKey): AccountLimits {
    return this.limits.get(account) ?? unlimited;
  }

  set({ chargeId }: HoldKey, next: Hold): void {
    this.countOpen(this.holds.get(chargeId), -1);
    this.countOpen(next, 1);
    this.holds.set(chargeId, next);
  }

  private countOpen(hold: Hold | undefined, sign: 1 | -1): void {
    if (hold?.state !== 'pending') return;
    const limits = this.limits.get(hold.account);
    if (!limits) return;
    const { amountMinor, currency } = hold.amount;
    const openHoldsMinor: OpenMinor = {
      ...limits.openHoldsMinor,
      [currency]: (limits.openHoldsMinor[currency] ?? 0) + sign * amountMinor,
    };
    this.limits.set(hold.account, { ...limits, openHoldsMinor });
  }
}
