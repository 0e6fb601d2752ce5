import { describe } from '@jest/globals';
import { inboxContract } from '../../../libs/saga/src/testing/inbox-contract.js';
import { simulatedDatabaseWorld } from './testing/simulated-database-world.js';

describe('the inbox over the database in memory', () => {
  inboxContract((ddl) => Promise.resolve(simulatedDatabaseWorld(ddl)));
});
