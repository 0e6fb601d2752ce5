import type { Provider } from '@nestjs/common';
import { Leases } from '#leases';
import { Database, migrate, statement } from '#postgres';
import { PostgresInbox } from '#saga';
import { SnowflakeIds, WorkerIdLease } from '#snowflake';
import { announced } from './announced.js';
import { frameMigrations } from './migrations/index.js';
import { provide } from './provide.js';
import { Readiness } from './readiness.js';
import type { ServiceOptions } from './service-options.js';
import { Shutdown } from './shutdown.js';
import { CLOCK, IDS, LOG, SETTINGS } from './tokens.js';

const stillThere = statement('service.still_there', 'SELECT 1');

/** The migrated database, leases, inbox and ids. */
export function storeProviders({ database: databaseName, migrations }: ServiceOptions): Provider[] {
  return [
    provide(
      Database,
      [SETTINGS, CLOCK, LOG, Readiness, Shutdown],
      async (settings, clock, log, readiness, shutdown) => {
        const where = { url: settings.DATABASE_URL, database: databaseName, clock };
        await announced(
          clock,
          log,
          `Postgres at ${new URL(settings.DATABASE_URL).host}`,
          migrate({ ...where, migrations: [...migrations, ...frameMigrations] }),
        );
        const database = await Database.open({
          ...where,
          applicationName: settings.INSTANCE_ID,
          maxConnections: settings.DATABASE_POOL,
        });
        readiness.add('database', () => database.query(stillThere));
        shutdown.during('pools', 'the database', () => database.close());
        return database;
      },
    ),
    provide(Leases, [Database, SETTINGS, CLOCK, Shutdown], (database, settings, clock, shutdown) => {
      const leases = new Leases({ database, holder: settings.INSTANCE_ID, clock });
      shutdown.during('leases', 'the leases', () => leases.close());
      return leases;
    }),
    provide(IDS, [Database, SETTINGS, CLOCK, Shutdown], async (database, settings, clock, shutdown) => {
      const workerId = await WorkerIdLease.acquire({ database, holder: settings.INSTANCE_ID, clock });
      shutdown.during('leases', 'the worker id', () => workerId.close());
      return new SnowflakeIds(workerId);
    }),
    PostgresInbox,
  ];
}
