import { ledger } from '#contracts';
import { refundKey } from '../charges/charge-key.js';
import { hear, step } from '../charges/charge-record.js';

/** The bank refused to give the money back: it is the merchant's again, and may be refunded another time. */
export const onRefundReleased = step({
  on: ledger.refundReleased,
  idOf: refundKey,
  decide: (before, { refundId, code }) =>
    hear(before, { type: 'refund_ended', refundId, end: { type: 'released', code } }),
});
