import type { BalanceTransactionRow, ChargeEvidence, RefundEvidence } from '../evidence.js';

/** Creation time of all rows, in Unix ms. */
const CREATED_MS = 1_000_000;

/** A charge of 10.00 usd, captured at once, with overrides. */
export const aCharge = (id: string, different: Partial<ChargeEvidence> = {}): ChargeEvidence => ({
  id,
  account: 'acct_1',
  state: 'succeeded',
  awaiting: false,
  amountMinor: 1_000,
  capturedMinor: 1_000,
  currency: 'usd',
  createdMs: CREATED_MS,
  key: id,
  capture: 'automatic',
  captureKey: null,
  cause: null,
  brand: 'visa',
  last4: '4242',
  fault: null,
  description: null,
  metadata: {},
  receiptEmail: null,
  transferGroup: null,
  version: 3,
  events: 3,
  ...different,
});

/** A full refund, with overrides. */
export const aRefund = (id: string, different: Partial<RefundEvidence> = {}): RefundEvidence => ({
  id,
  chargeId: 'ch_1',
  account: 'acct_1',
  state: 'succeeded',
  amountMinor: 1_000,
  createdMs: CREATED_MS,
  key: id,
  reason: null,
  cancels: false,
  metadata: {},
  ...different,
});

/** The balance transaction of such a charge or refund. */
export const aTransaction = (
  source: string,
  different: Partial<BalanceTransactionRow> = {},
): BalanceTransactionRow => ({
  id: `txn_${source}`,
  account: 'acct_1',
  type: source.startsWith('re_') ? 'refund' : 'charge',
  source,
  currency: 'usd',
  amountMinor: source.startsWith('re_') ? -1_000 : 1_000,
  netMinor: source.startsWith('re_') ? -1_000 : 941,
  createdMs: CREATED_MS,
  availableOnMs: CREATED_MS,
  ...different,
});
