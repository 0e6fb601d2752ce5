import type { FactoryProvider } from '@nestjs/common';
import { Database, type PgTransaction } from '#postgres';
import { ParkedEvents, PostgresParking, Replay, StepTable, BatchRunner, type BatchParts } from '#saga';
import { Metrics, type Log } from '#telemetry';
import { AdminServer } from './admin-server.js';
import { measureTables } from './measure-tables.js';
import { observeReplay } from './observe-replay.js';
import { StepRegistry } from './step-registry.js';
import { BATCH_PARTS, LOG } from './tokens.js';

/** What was set aside: shown to operators, and replayed when they ask for it. */
export function parkingProviders(): FactoryProvider[] {
  return [
    {
      provide: ParkedEvents,
      inject: [Database, AdminServer, Metrics],
      useFactory: (database: Database, admin: AdminServer, metrics: Metrics) => {
        const parked = new ParkedEvents(database);
        measureTables(database, parked, metrics);
        admin.get('/parked', async ({ query: { key } }) =>
          key === undefined ? { keys: await parked.keys() } : { key, events: await parked.ofKey(key) },
        );
        admin.get('/parked/:event', ({ params }) => parked.find(params['event']!));
        return parked;
      },
    },
    {
      provide: Replay,
      inject: [BatchRunner, BATCH_PARTS, Database, StepRegistry, LOG, Metrics],
      useFactory: (
        runner: BatchRunner<PgTransaction>,
        parts: BatchParts<PgTransaction>,
        database: Database,
        { steps }: StepRegistry,
        log: Log,
        metrics: Metrics,
      ) =>
        new Replay(
          runner,
          parts,
          new PostgresParking(database),
          () => new StepTable(steps),
          observeReplay(log, metrics),
        ),
    },
  ];
}
