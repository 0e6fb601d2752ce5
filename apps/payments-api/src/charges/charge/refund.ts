import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import type { Money } from '#money';

export const refundReasons = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;
export type RefundReason = (typeof refundReasons)[number];

/** What is fixed when a refund is asked for. */
export interface RefundOpening {
  readonly id: string;
  readonly amount: Money;
  readonly reason: RefundReason | null;
  /** The account's own time. */
  readonly openedAt: Instant;
  /** The key under which it was asked for. */
  readonly key: string;
}

/** How a refund ends: by the ledger's word, or, where it gives back an authorization, with its charge. */
export type RefundEnd =
  | {
      readonly type: 'posted';
      readonly postedAt: Instant;
      readonly availableOn: Instant;
      readonly balanceTransactionId: string;
    }
  | { readonly type: 'released'; readonly code: string }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'canceled' }
  | { readonly type: 'not_canceled'; readonly because: 'captured' | 'failed' };

export interface ChargeRefund {
  readonly opening: RefundOpening;
  readonly metadata: Readonly<Record<string, string>>;
  /** What it gives back: money that was captured, or a whole authorization that was not. */
  readonly of: 'capture' | 'authorization';
  readonly end: RefundEnd | null;
}

/** Inside a charge: the newest. */
export const REFUNDS_SHOWN = 10;

export type RefundState = 'pending' | 'succeeded' | 'failed';

export function refundState({ end }: ChargeRefund): RefundState {
  switch (end?.type) {
    case undefined:
      return 'pending';
    case 'posted':
    case 'canceled':
      return 'succeeded';
    case 'released':
    case 'refused':
    case 'not_canceled':
      return 'failed';
  }
}

/** A refund ends once. Should two ends contradict each other, what moved money, or was nearer to it, stands. */
const weight = { refused: 1, released: 2, posted: 3 } as const;
export type LedgerRefundOutcome = Extract<RefundEnd, { type: keyof typeof weight }>;

/** @returns the same refund when this is no news */
export function endRefund(refund: ChargeRefund, end: LedgerRefundOutcome): ChargeRefund {
  assert(refund.of === 'capture', 'an authorization that is given back ends with its charge');
  const before = refund.end as LedgerRefundOutcome | null;
  return before && weight[before.type] >= weight[end.type] ? refund : { ...refund, end };
}
