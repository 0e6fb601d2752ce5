import type { FactoryProvider } from '@nestjs/common';
import type { Clock } from '#clock';
import { Leases } from '#leases';
import { Database, migrate, statement } from '#postgres';
import { PostgresInbox } from '#saga';
import { SnowflakeIds, WorkerIdLease, type Ids } from '#snowflake';
import type { Log } from '#telemetry';
import { announced } from './announced.js';
import { frameMigrations } from './migrations/index.js';
import { Readiness } from './readiness.js';
import type { ServiceOptions } from './service-options.js';
import type { FrameSettings } from './settings.js';
import { Shutdown } from './shutdown.js';
import { CLOCK, IDS, LOG, SETTINGS } from './tokens.js';

const stillThere = statement('service.still_there', 'SELECT 1');

/** The service's own database, migrated, and what lives in it. */
export function storeProviders({ database: databaseName, migrations }: ServiceOptions): FactoryProvider[] {
  return [
    {
      provide: Database,
      inject: [SETTINGS, CLOCK, LOG, Readiness, Shutdown],
      useFactory: async (
        settings: FrameSettings,
        clock: Clock,
        log: Log,
        readiness: Readiness,
        shutdown: Shutdown,
      ): Promise<Database> => {
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
    },
    {
      provide: Leases,
      inject: [Database, SETTINGS, CLOCK, Shutdown],
      useFactory: (database: Database, settings: FrameSettings, clock: Clock, shutdown: Shutdown) => {
        const leases = new Leases({ database, holder: settings.INSTANCE_ID, clock });
        shutdown.during('leases', 'the leases', () => leases.close());
        return leases;
      },
    },
    {
      provide: IDS,
      inject: [Database, SETTINGS, CLOCK, Shutdown],
      useFactory: async (
        database: Database,
        settings: FrameSettings,
        clock: Clock,
        shutdown: Shutdown,
      ): Promise<Ids> => {
        const workerId = await WorkerIdLease.acquire({ database, holder: settings.INSTANCE_ID, clock });
        shutdown.during('leases', 'the worker id', () => workerId.close());
        return new SnowflakeIds(workerId);
      },
    },
    { provide: PostgresInbox, useFactory: () => new PostgresInbox() },
  ];
}
