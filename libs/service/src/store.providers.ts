import type { Provider } from '@nestjs/common';
import type { views } from '#contracts';
import { Leases } from '#leases';
import { assertMigrated, Database, statement } from '#postgres';
import { PostgresInbox } from '#saga';
import { SnowflakeIds, WorkerIdLease } from '#snowflake';
import { AdminServer } from './admin-server.js';
import { announced } from './announced.js';
import { withFrameTables } from './frame-database.js';
import { provide } from './provide.js';
import { Readiness } from './readiness.js';
import { RoundTrips } from './round-trips.js';
import type { ServiceOptions } from './service-options.js';
import { Shutdown } from './shutdown.js';
import { CLOCK, IDS, LOG, SETTINGS } from './tokens.js';

const stillThere = statement('service.still_there', 'SELECT 1');

/** The service's database, leases, inbox and ids. */
export function storeProviders({ database: ownDatabase }: ServiceOptions): Provider[] {
  return [
    RoundTrips,
    provide(
      Database,
      [SETTINGS, CLOCK, LOG, RoundTrips, Readiness, Shutdown],
      async (settings, clock, log, roundTrips, readiness, shutdown) => {
        const opening = Database.open({
          url: settings.DATABASE_URL,
          database: ownDatabase.name,
          clock,
          applicationName: settings.INSTANCE_ID,
          maxConnections: settings.DATABASE_POOL,
          onRoundTrip: roundTrips.ofPool('service'),
        });
        const database = await announced(clock, log, `Postgres at ${new URL(settings.DATABASE_URL).host}`, opening);
        await assertMigrated(database, withFrameTables(ownDatabase).migrations).catch(async (error: unknown) => {
          await database.close();
          throw error;
        });
        readiness.add('database', () => database.query(stillThere));
        shutdown.during('pools', 'the database', () => database.close());
        return database;
      },
    ),
    provide(
      Leases,
      [Database, SETTINGS, CLOCK, Shutdown, AdminServer],
      (database, settings, clock, shutdown, admin) => {
        const leases = new Leases({ database, holder: settings.INSTANCE_ID, clock });
        admin.get('/leases', (): Promise<views.LeaseView[]> => leases.all());
        shutdown.during('leases', 'the leases', () => leases.close());
        return leases;
      },
    ),
    provide(IDS, [Database, SETTINGS, CLOCK, Shutdown], async (database, settings, clock, shutdown) => {
      const workerId = await WorkerIdLease.acquire({ database, holder: settings.INSTANCE_ID, clock });
      shutdown.during('leases', 'the worker id', () => workerId.close());
      return new SnowflakeIds(workerId);
    }),
    PostgresInbox,
  ];
}
