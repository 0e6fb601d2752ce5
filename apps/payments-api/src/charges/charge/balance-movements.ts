import assert from 'node:assert/strict';
import {
  transactionOfCharge,
  transactionOfRefund,
  type BalanceTransaction,
} from '../../balance/balance-transaction.js';
import { knownRefund } from './refunds-of-charge.js';
import type { ChargeEvent, OpenedCharge } from './charge.js';

/**
 * Balance transactions of a charge: its capture, and the refunds that ended with `events`. The capture is always
 * included: during a rolling upgrade an older instance may have settled the charge without one. Inserts ignore repeats.
 */
export function movementsOf(
  { opening, ending, refunds }: OpenedCharge,
  events: readonly ChargeEvent[],
): BalanceTransaction[] {
  const captured = ending?.type === 'posted' ? [transactionOfCharge(opening.id, ending)] : [];
  const refunded = events.flatMap((event) => {
    if (event.type !== 'refund_ended' || event.end.type !== 'posted') return [];
    const refund = knownRefund(refunds, event.refundId)?.opening;
    assert(refund, 'a refund ends after it was asked for');
    return [transactionOfRefund(refund.id, opening.id, { ...event.end, amount: refund.amount })];
  });
  return [...captured, ...refunded];
}
