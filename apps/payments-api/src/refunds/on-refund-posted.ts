import { ledger } from '#contracts';
import { refundKey } from '../charges/charge-key.js';
import { hear, step } from '../charges/charge-record.js';

/** The money has left the merchant's balance: the refund has succeeded. */
export const onRefundPosted = step({
  on: ledger.refundPosted,
  idOf: refundKey,
  decide: (before, { refundId, postedAt, availableOn, balanceTransactionId }) =>
    hear(before, {
      type: 'refund_ended',
      refundId,
      end: { type: 'posted', postedAt, availableOn, balanceTransactionId },
    }),
});
