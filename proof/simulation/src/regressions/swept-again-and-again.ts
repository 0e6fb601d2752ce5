import { aCharge, type Regression } from './regression.js';

/** Duration of the gateway's database outage: long enough for several sweeps of each charge. */
const AWAY_MS = 90_000;

export const sweptAgainAndAgain: Regression = {
  name: 'swept-again-and-again',
  bug: 'the sweeper’s backoff overflowed for a charge that had waited a night, and its statement failed for all charges',
  plantedAs: 'sweeper-overflows',
  schedule: {
    seed: 1,
    operations: [0, 1, 2].map((id) => ({
      kind: 'create',
      id,
      atMs: 200 + 100 * id,
      ...aCharge,
      capture: true,
    })),
    faults: [{ kind: 'database_away', atMs: 100, service: 'bank-gateway', forMs: AWAY_MS }],
    lingerMs: 0,
    settings: {},
  },
};
