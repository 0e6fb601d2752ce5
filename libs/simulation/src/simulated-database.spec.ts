import { describe } from '@jest/globals';
import { databaseContract } from '../../postgres/src/testing/database-contract.js';
import { simulatedDatabaseWorld } from './testing/simulated-database-world.js';

describe('SimulatedDatabase', () => {
  databaseContract((ddl) => Promise.resolve(simulatedDatabaseWorld(ddl)));
});
