import { describe } from '@jest/globals';
import { parkingContract } from '../../../libs/saga/src/testing/parking-contract.js';
import { simulatedDatabaseWorld } from './testing/simulated-database-world.js';

describe('over the database in memory', () => {
  parkingContract((ddl) => Promise.resolve(simulatedDatabaseWorld(ddl)));
});
