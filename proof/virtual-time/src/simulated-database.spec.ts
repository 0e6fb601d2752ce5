import { describe } from '@jest/globals';
import { databaseContract } from '../../../libs/postgres/src/testing/database-contract.js';
import { simulatedDatabaseWorld } from './testing/simulated-database-world.js';

describe.each([1, 2, 3])('SimulatedDatabase over a network of seed %i', (seed) => {
  databaseContract((ddl) => Promise.resolve(simulatedDatabaseWorld(ddl, seed)));
});
