import { usd } from '#money';
import type { RefundLimits } from '../src/refunds/refund.js';

/** The charge was captured, and nothing of it has been given back; the merchant is free to spend 1,000.00. */
export const room: RefundLimits = {
  captured: { bank: 'alder', amount: usd(900) },
  refundedMinor: 0,
  spendableMinor: 100_000,
};
