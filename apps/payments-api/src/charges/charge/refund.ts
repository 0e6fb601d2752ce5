import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import type { Money } from '#money';

export const refundReasons = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;
export type RefundReason =
  | (typeof refundReasons)[number]
  /** Of an authorization that lapsed; no request may give it. */
  | 'expired_uncaptured_charge';

/** Fixed when the refund is requested. */
export interface RefundOpening {
  readonly id: string;
  readonly amount: Money;
  readonly reason: RefundReason | null;
  /** On the account's clock. */
  readonly openedAt: Instant;
  /** Idempotency key of the request. Null for what was not captured: its refund comes without a request. */
  readonly key: string | null;
  /** Of a refund of an intent's charge. */
  readonly paymentIntent?: string;
  readonly paymentMethod?: string;
}

/** Of a refund that a merchant requests. */
export type RequestedRefund = RefundOpening & { readonly key: string };

/** How a refund ends: by an outcome of the ledger or, when it cancels an authorization, together with its charge. */
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
  /** Refunds captured money, or gives back an authorization, or the rest of one. */
  readonly of: 'capture' | 'authorization';
  readonly end: RefundEnd | null;
}

/** Stripe embeds the newest refunds in a charge object; this many. */
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

/** A refund ends once. If two ends contradicted each other, the one nearer to moving money would win. */
const weight = { refused: 1, released: 2, posted: 3 } as const;
export type LedgerRefundOutcome = Extract<RefundEnd, { type: keyof typeof weight }>;

/** @returns the same object when `end` is a duplicate */
export function endRefund(refund: ChargeRefund, end: LedgerRefundOutcome): ChargeRefund {
  assert(refund.of === 'capture', 'an authorization that is given back ends with its charge');
  const before = refund.end as LedgerRefundOutcome | null;
  return before && weight[before.type] >= weight[end.type] ? refund : { ...refund, end };
}
