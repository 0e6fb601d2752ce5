import type { Evidence } from '../evidence.js';

/** The evidence of an unused system. */
export const noEvidence: Evidence = {
  history: [],
  exchanges: [],
  faults: [],
  charges: [],
  refunds: [],
  balanceTransactions: [],
  holds: [],
  transfers: [],
  entries: [],
  requests: [],
  unanswered: [],
  unsent: 0,
  parked: 0,
};
