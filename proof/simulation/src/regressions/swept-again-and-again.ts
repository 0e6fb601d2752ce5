import { aCharge, type Regression } from './regression.js';

/** The gateway cannot take the charges up for as long as this: each is swept several times. */
const AWAY_MS = 90_000;

export const sweptAgainAndAgain: Regression = {
  name: 'swept-again-and-again',
  bug: 'the sweeper’s backoff grew without bound: a charge that had waited for a night stopped it for every other',
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
