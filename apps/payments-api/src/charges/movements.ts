import assert from 'node:assert/strict';
import { transactionOfCharge, transactionOfRefund, type BalanceTransaction } from '../balance/balance-transaction.js';
import type { ChargeEvent, OpenedCharge } from './charge.js';

/** By what these events moved the merchant's balance. */
export function movementsOf({ opening, refunds }: OpenedCharge, events: readonly ChargeEvent[]): BalanceTransaction[] {
  return events.flatMap((event) => {
    if (event.type === 'posted') return [transactionOfCharge(opening.id, event)];
    if (event.type !== 'refund_ended' || event.end.type !== 'posted') return [];
    const refund = refunds.find((it) => it.opening.id === event.refundId)?.opening;
    assert(refund, 'a refund ends after it was asked for');
    return [transactionOfRefund(refund.id, opening.id, { ...event.end, amount: refund.amount })];
  });
}
