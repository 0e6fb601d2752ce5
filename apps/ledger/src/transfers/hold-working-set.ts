import type { WorkingSet } from '#saga';
import type { Currency } from '#money';
import { unlimited, type AccountLimits } from '../accounts/account-limits.js';
import { partsOfHoldKey } from './hold-key.js';
import { noHold, type Hold } from './hold.js';

type OpenMinor = Partial<Record<Currency, number>>;

/**
 * The holds of one batch. A hold that is not there yet sees its account's limits as they stand at that
 * moment: what the database said, and what this batch has placed and closed since.
 */
export class HoldWorkingSet implements WorkingSet<Hold> {
  private readonly holds = new Map<string, Hold>();
  private readonly limits: Map<string, AccountLimits>;

  /** @param limits of accounts that have any, by account */
  constructor(stored: Iterable<Hold>, limits: ReadonlyMap<string, AccountLimits>) {
    for (const hold of stored) this.holds.set(hold.chargeId, hold);
    this.limits = new Map(limits);
  }

  get(key: string): Hold {
    const { chargeId, account } = partsOfHoldKey(key);
    return this.holds.get(chargeId) ?? noHold(chargeId, this.limits.get(account) ?? unlimited);
  }

  set(key: string, next: Hold): void {
    const { chargeId } = partsOfHoldKey(key);
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
