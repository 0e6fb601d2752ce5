import type { MerchantOperation, Wanted } from '../operations/operation.js';
import { aCharge, type Regression } from './regression.js';

const FIRST_MS = 100;
const CHARGES = 4;
/** Before the database is away for the second time; the charges have ended by then. */
const REFUNDED_MS = 12_000;

/**
 * Each charge is asked for six times at once, and what they wait for cannot be committed: the database is away.
 * More than one such charge, so that it fails whichever instance the requests happen to go to. The same again for a
 * refund of each.
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
  bug: 'of several requests that waited for a neighbour under the same key, all went on when its claim came to nothing',
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
