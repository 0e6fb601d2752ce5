import { describe } from '@jest/globals';
import { outboxContract } from '../../../libs/messaging/src/testing/outbox-contract.js';
import { simulatedDatabaseWorld } from './testing/simulated-database-world.js';

describe('the outbox over the database in memory', () => {
  outboxContract((ddl) => Promise.resolve(simulatedDatabaseWorld(ddl)));
});
