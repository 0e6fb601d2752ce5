import type { Evidence } from '../evidence.js';

/** Of a system that nobody has used yet. */
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
