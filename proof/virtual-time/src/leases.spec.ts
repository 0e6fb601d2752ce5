import { describe } from '@jest/globals';
import { leaseContract } from '../../../libs/leases/src/testing/lease-contract.js';
import { simulatedDatabaseWorld } from './testing/simulated-database-world.js';

describe('Leases over the database in memory', () => {
  leaseContract((ddl) => Promise.resolve(simulatedDatabaseWorld(ddl)));
});
