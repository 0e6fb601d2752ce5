import { usd } from '#money';
import type { RefundLimits } from '../src/refunds/refund.js';

/** A captured charge without refunds; the merchant may refund 1,000.00. */
export const room: RefundLimits = {
  captured: { bank: 'alder', amount: usd(900) },
  refundedMinor: 0,
  spendableMinor: 100_000,
};
