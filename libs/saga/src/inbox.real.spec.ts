import { describe } from '@jest/globals';
import { realDatabaseWorld } from '../../postgres/src/testing/real-database-world.js';
import { inboxContract } from './testing/inbox-contract.js';

describe('the inbox in Postgres', () => {
  inboxContract((ddl) => realDatabaseWorld('inbox', ddl));
});
