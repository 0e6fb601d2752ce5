import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import { statement, type PgTransaction, type Sql } from '#postgres';
import { migrations } from '../../apps/payments-api/src/migrations/migrations.js';
import type { DatabasePort, DatabaseWorld } from '../../libs/postgres/src/testing/database-world.js';
import { simulatedDatabaseWorld } from '../../proof/virtual-time/src/testing/simulated-database-world.js';
import { bothVersions } from './both-versions.js';
import { HardenedIdempotency } from './hardened-idempotency.js';
import { NaiveIdempotency } from './naive-idempotency.js';

interface Endpoint {
  handle(key: string, parameters: string, perform: (tx?: PgTransaction) => Promise<string>): Promise<string>;
}
/** Starts a process of the service, with empty memory. */
type Start = () => Endpoint;

const charge = statement('patterns.charge', 'UPDATE card SET charged = charged + 1 RETURNING charged');
const charged = statement('patterns.charged', 'SELECT charged FROM card');

let world: DatabaseWorld;
let database: DatabasePort;
beforeEach(async () => {
  const ddl: string[] = [];
  const runner = { query: (sql: string) => Promise.resolve(void ddl.push(sql)) };
  for (const Migration of migrations) await new Migration().up(runner as never);
  world = simulatedDatabaseWorld(
    `${ddl.join(';\n')}; CREATE TABLE card (charged int4 NOT NULL); INSERT INTO card (charged) VALUES (0);`,
  );
  database = await world.open();
});
afterEach(() => world.close());

const perform = async (tx: Sql = database): Promise<string> => {
  const [row] = await tx.query<{ charged: number }>(charge);
  return `charge ${row!.charged}`;
};
const times = async (): Promise<number> => (await database.query<{ charged: number }>(charged))[0]!.charged;

describe('idempotency key', () => {
  bothVersions<Start>(
    { naive: () => new NaiveIdempotency(), hardened: () => new HardenedIdempotency(database) },
    {
      async 'two concurrent requests under one key charge once and get the same answer'(start) {
        const service = start();
        const answers = await Promise.all([1, 2].map(() => service.handle('key_1', 'amount=1000', perform)));
        expect({ answers, charged: await times() }).toEqual({ answers: ['charge 1', 'charge 1'], charged: 1 });
      },
      async 'a request repeated after a restart charges once'(start) {
        await start().handle('key_1', 'amount=1000', perform);
        await start().handle('key_1', 'amount=1000', perform);
        expect(await times()).toBe(1);
      },
      async 'other parameters under the same key are rejected'(start) {
        const service = start();
        await service.handle('key_1', 'amount=1000', perform);
        const other = await service.handle('key_1', 'amount=9999', perform).catch(() => 'refused');
        expect(other).toBe('refused');
      },
    },
  );
});
