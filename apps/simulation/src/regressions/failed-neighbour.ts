import type { Operation } from '../merchant/operation.js';
import type { Regression } from './regression.js';

const FIRST_MS = 100;
const CHARGES = 4;

/**
 * Each charge is asked for six times at once, and what they wait for cannot be committed: the database is away.
 * More than one such charge, so that it fails whichever instance the requests happen to go to.
 */
const operations = Array.from({ length: CHARGES }, (_, id): Operation[] => {
  const atMs = FIRST_MS + 50 * id;
  return [
    { kind: 'create', id, atMs, source: 'tok_visa', amountMinor: 1_000, capture: true },
    { kind: 'repeat', atMs: atMs + 1, of: id, times: 5 },
  ];
}).flat();

export const failedNeighbour: Regression = {
  bug: 'of several requests that waited for a neighbour under the same key, all went on when its claim came to nothing',
  plantedAs: 'neighbour-waited-for-once',
  schedule: {
    seed: 1,
    operations,
    faults: [{ kind: 'database_away', atMs: 300, service: 'payments-api', forMs: 4_000 }],
    lingerMs: 0,
    settings: {},
  },
};
