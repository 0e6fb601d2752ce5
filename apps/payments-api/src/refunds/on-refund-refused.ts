import { ledger } from '#contracts';
import { hear, step } from '../charges/charge-record.js';

/** The merchant's balance cannot bear it: no bank was asked. */
export const onRefundRefused = step({
  on: ledger.refundRefused,
  idOf: (event) => event.chargeId,
  decide: (before, { refundId, reason }) =>
    hear(before, { type: 'refund_ended', refundId, end: { type: 'refused', reason } }),
});
