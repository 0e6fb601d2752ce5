import { describe } from '@jest/globals';
import { realDatabaseWorld } from '../../postgres/src/testing/real-database-world.js';
import { outboxContract } from './testing/outbox-contract.js';

describe('the outbox in Postgres', () => {
  outboxContract((ddl) => realDatabaseWorld('outbox_table', ddl));
});
