import type { MerchantOperation, Wanted } from '../operations/operation.js';
import { aCharge, type Regression } from './regression.js';

const FIRST_MS = 100;
const CHARGES = 4;
/** Start of the refunds, when the charges have ended and the database goes down again. */
const REFUNDED_MS = 12_000;

/**
 * Six concurrent requests per charge under one key while the database is down, then the same for its refund. Several
 * charges, so that each instance gets such requests.
 */
const operations = Array.from({ length: CHARGES }, (_, id): MerchantOperation[] => {
  const laterMs = 50 * id;
  const create = { kind: 'create', id, atMs: FIRST_MS + laterMs, ...aCharge } as const;
  const refund = { kind: 'refund', id: CHARGES + id, atMs: REFUNDED_MS + laterMs, charge: id } as const;
  return [...sixTimes({ ...create, capture: true }), ...sixTimes({ ...refund, amountMinor: 300 })];
}).flat();

function sixTimes(wanted: Wanted): MerchantOperation[] {
  return [wanted, { kind: 'repeat', atMs: wanted.atMs + 1, of: wanted.id, times: 5 }];
}

export const failedNeighbour: Regression = {
  name: 'failed-neighbour',
  bug: 'when the first claim of a key failed, all requests that waited for it went on',
  plantedAs: 'neighbour-waited-for-once',
  schedule: {
    seed: 1,
    operations: operations.toSorted((a, b) => a.atMs - b.atMs),
    faults: [
      { kind: 'database_away', atMs: 300, service: 'payments-api', forMs: 4_000 },
      { kind: 'database_away', atMs: REFUNDED_MS - 100, service: 'payments-api', forMs: 4_000 },
    ],
    lingerMs: 0,
    settings: {},
  },
};
