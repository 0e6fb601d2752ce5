import { describe } from '@jest/globals';
import { realDatabaseWorld } from '../../postgres/src/testing/real-database-world.js';
import { parkingContract } from './testing/parking-contract.js';

describe('over Postgres', () => {
  parkingContract((ddl) => realDatabaseWorld('parking', ddl));
});
