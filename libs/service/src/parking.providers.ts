import type { Provider } from '@nestjs/common';
import { Database, type PgTransaction } from '#postgres';
import { BatchRunner, ParkedEvents, PostgresParking, Replay, StepTable } from '#saga';
import { Metrics } from '#telemetry';
import { AdminServer } from './admin-server.js';
import { measureTables } from './measure-tables.js';
import { observeReplay } from './observe-replay.js';
import { provide } from './provide.js';
import { StepRegistry } from './step-registry.js';
import { BATCH_PARTS, LOG } from './tokens.js';

/** Parked events: their views at the admin port, and their replay. */
export function parkingProviders(): Provider[] {
  return [
    provide(ParkedEvents, [Database, AdminServer, Metrics], (database, admin, metrics) => {
      const parked = new ParkedEvents(database);
      measureTables(database, parked, metrics);
      admin.get('/parked', async ({ query: { key } }) =>
        key === undefined ? { keys: await parked.keys() } : { key, events: await parked.ofKey(key) },
      );
      admin.get('/parked/:event', ({ params }) => parked.find(params['event']!));
      return parked;
    }),
    provide(
      Replay,
      [BatchRunner<PgTransaction>, BATCH_PARTS, Database, StepRegistry, LOG, Metrics],
      (runner, parts, database, registry, log, metrics) =>
        new Replay(
          runner,
          parts,
          new PostgresParking(database),
          () => new StepTable(registry.steps()),
          observeReplay(log, metrics),
        ),
    ),
  ];
}
