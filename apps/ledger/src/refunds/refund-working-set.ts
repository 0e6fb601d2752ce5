import type { WorkingSet } from '#saga';
import { merchant } from '../accounts/account.js';
import { noRefund, type RefundReservation, type RefundKey, type RefundLimits } from './refund.js';

type Captured = NonNullable<RefundLimits['captured']>;

/** Sums of the charges and merchants of new refunds. */
export interface RefundFunds {
  /** By charge: the captured amount. */
  readonly captured: ReadonlyMap<string, Captured>;
  /** By charge: the sum of its refunds, in minor units. */
  readonly refundedMinor: ReadonlyMap<string, number>;
  /** By ledger account of the merchant: balance plus overdraft, in minor units. */
  readonly spendableMinor: ReadonlyMap<string, number>;
}

export const noFunds: RefundFunds = { captured: new Map(), refundedMinor: new Map(), spendableMinor: new Map() };

/** The refunds of one batch, and the limits of their charges and merchants, including reservations of the batch. */
export class RefundWorkingSet implements WorkingSet<RefundReservation, RefundKey, RefundLimits> {
  private readonly refunds = new Map<string, RefundReservation>();
  private readonly captured: ReadonlyMap<string, Captured>;
  private readonly refundedMinor: Map<string, number>;
  private readonly spendableMinor: Map<string, number>;

  constructor(
    stored: Iterable<Exclude<RefundReservation, { state: 'none' }>>,
    { captured, refundedMinor, spendableMinor }: RefundFunds,
  ) {
    for (const refund of stored) this.refunds.set(refund.refundId, refund);
    this.captured = captured;
    this.refundedMinor = new Map(refundedMinor);
    this.spendableMinor = new Map(spendableMinor);
  }

  get({ refundId }: RefundKey): RefundReservation {
    return this.refunds.get(refundId) ?? noRefund(refundId);
  }

  /** Limits are loaded only for new refunds. */
  contextOf({ chargeId, account, amount }: RefundKey): RefundLimits {
    return {
      captured: this.captured.get(chargeId) ?? null,
      refundedMinor: this.refundedMinor.get(chargeId) ?? 0,
      spendableMinor: this.spendableMinor.get(merchant(account, amount.currency).id) ?? 0,
    };
  }

  set({ refundId }: RefundKey, next: RefundReservation): void {
    this.count(this.refunds.get(refundId), -1);
    this.count(next, 1);
    this.refunds.set(refundId, next);
  }

  private count(refund: RefundReservation | undefined, sign: 1 | -1): void {
    if (refund?.state !== 'reserved' && refund?.state !== 'posted') return;
    const { chargeId, account, amount } = refund;
    add(this.refundedMinor, chargeId, sign * amount.amountMinor);
    add(this.spendableMinor, merchant(account, amount.currency).id, -sign * amount.amountMinor);
  }
}

function add(sums: Map<string, number>, name: string, minor: number): void {
  sums.set(name, (sums.get(name) ?? 0) + minor);
}
