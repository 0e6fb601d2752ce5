import { ledger } from '#contracts';
import { refundKey } from '../charges/charge-key.js';
import { hear, step } from '../charges/charge-record.js';

/** The merchant's balance cannot bear it: no bank was asked. */
export const onRefundRefused = step({
  on: ledger.refundRefused,
  idOf: refundKey,
  decide: (before, { refundId, reason }) =>
    hear(before, { type: 'refund_ended', refundId, end: { type: 'refused', reason } }),
});
