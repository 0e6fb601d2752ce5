import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import { leaseTableSql } from '#leases';
import { statement, type PgTransaction } from '#postgres';
import type { DatabasePort, DatabaseWorld } from '../../libs/postgres/src/testing/database-world.js';
import { simulatedDatabaseWorld } from '../../proof/virtual-time/src/testing/simulated-database-world.js';
import { bothVersions } from './both-versions.js';
import { HardenedLeader } from './hardened-leader.js';
import { NaiveLeader } from './naive-leader.js';

interface Leader {
  /** Runs the job as the leader. The job writes only through the given function. */
  lead(job: (write: (work: (tx: PgTransaction) => Promise<void>) => Promise<void>) => Promise<void>): Promise<void>;
}
type Make = (holder: string) => Leader;

const say = statement('patterns.say', 'UPDATE word SET said = $1, times = times + 1');
const said = statement('patterns.said', 'SELECT said, times FROM word');
// A frozen leader does not renew: its lease expires and another process takes it.
const passNaive = statement('patterns.pass_naive', `UPDATE leader SET expires_at = clock_timestamp() - interval '1 s'`);
const passOn = statement(
  'patterns.pass_on',
  `UPDATE lease SET expires_at = clock_timestamp() - interval '1 s', epoch = epoch + 1, holder = 'gone'`,
);

let world: DatabaseWorld;
let database: DatabasePort;
beforeEach(async () => {
  world = simulatedDatabaseWorld(`${leaseTableSql}
    CREATE TABLE leader (holder text NOT NULL, expires_at timestamptz NOT NULL);
    INSERT INTO leader (holder, expires_at) VALUES ('', '2000-01-01T00:00:00Z');
    CREATE TABLE word (said text NOT NULL, times int4 NOT NULL);
    INSERT INTO word (said, times) VALUES ('', 0);`);
  database = await world.open({ maxConnections: 6 });
});
afterEach(() => world.close());

const writing = (word: string) => async (tx: PgTransaction) => {
  await tx.query(say, [word]);
};

describe('lease with a fencing token', () => {
  bothVersions<Make>(
    {
      naive: (holder) => new NaiveLeader(database, holder),
      hardened: (holder) => new HardenedLeader(database, holder, world.clock),
    },
    {
      async 'a leader that was frozen past its lease cannot overwrite its successor'(make) {
        await make('first').lead(async (write) => {
          await database.query(passNaive);
          await database.query(passOn);
          await make('second').lead((writeOfSecond) => writeOfSecond(writing('second')));
          // The old leader thaws and goes on as if no time had passed.
          await write(writing('first'));
        });
        expect(await database.query(said)).toEqual([{ said: 'second', times: 1 }]);
      },
    },
  );
});
