import type { FactoryProvider } from '@nestjs/common';
import type { Clock } from '#clock';
import { Leases } from '#leases';
import {
  KafkaJsBus,
  OutboxRelay,
  PostgresOutbox,
  PostgresOutboxStore,
  StepTransport,
  type Bus,
  type OutboxStore,
} from '#messaging';
import { Database, isTransientError, type PgTransaction } from '#postgres';
import { BatchRunner, Commands, PostgresInbox, type BatchParts } from '#saga';
import { Metrics, Tracing, type Log } from '#telemetry';
import { kafkaConnection } from './kafka-settings.js';
import { observeConsumption } from './observe-consumption.js';
import { measureBacklog, observeOutbox } from './observe-outbox.js';
import { observeSteps } from './observe-steps.js';
import { Readiness } from './readiness.js';
import type { ServiceOptions } from './service-options.js';
import type { FrameSettings } from './settings.js';
import { Shutdown } from './shutdown.js';
import { StepRegistry } from './step-registry.js';
import { BATCH_PARTS, BUS, CLOCK, LOG, OUTBOX_STORE, SETTINGS } from './tokens.js';

type Parts = BatchParts<PgTransaction>;

/** What a service says to others and hears from them. */
export function busProviders({ name, database: databaseName }: ServiceOptions): FactoryProvider[] {
  return [
    {
      provide: BUS,
      inject: [SETTINGS, CLOCK, LOG, Metrics, Shutdown],
      useFactory: (settings: FrameSettings, clock: Clock, log: Log, metrics: Metrics, shutdown: Shutdown): Bus => {
        const bus = new KafkaJsBus({
          ...kafkaConnection(settings),
          clientId: settings.INSTANCE_ID,
          clock,
          observer: observeConsumption(log, metrics),
          // What matters of it comes back through the relay and the transport, once and classified.
          log: ({ level, message, error }) => log.debug({ kafka: level, ...(error && { error }) }, message),
        });
        shutdown.during('pools', 'the connections to Kafka', () => bus.close());
        return bus;
      },
    },
    {
      provide: OUTBOX_STORE,
      inject: [Database, SETTINGS, CLOCK, Shutdown],
      useFactory: async (_migrated: Database, settings: FrameSettings, clock: Clock, shutdown: Shutdown) => {
        const database = await Database.open({
          url: settings.DATABASE_URL,
          database: databaseName,
          applicationName: `${settings.INSTANCE_ID} relay`,
          maxConnections: 2,
          // All it writes are deletes of what is published; one that is lost is a duplicate for an inbox.
          synchronousCommit: false,
          clock,
        });
        shutdown.during('pools', 'the relay’s database', () => database.close());
        return new PostgresOutboxStore(database);
      },
    },
    {
      provide: OutboxRelay,
      inject: [BUS, OUTBOX_STORE, Leases, SETTINGS, CLOCK, LOG, Metrics, Readiness, Shutdown],
      useFactory: async (
        bus: Bus,
        store: OutboxStore,
        leases: Leases,
        settings: FrameSettings,
        clock: Clock,
        log: Log,
        metrics: Metrics,
        readiness: Readiness,
        shutdown: Shutdown,
      ) => {
        const sweepEveryMs = settings.OUTBOX_SWEEP_EVERY_MS;
        const observer = observeOutbox(log, metrics, readiness, isTransientError);
        const relay = new OutboxRelay({ bus, store, leases, clock, observer, sweepEveryMs });
        await relay.start();
        measureBacklog(relay, metrics);
        shutdown.during('relay', 'the outbox relay', () => relay.stop());
        return relay;
      },
    },
    {
      provide: PostgresOutbox,
      inject: [OutboxRelay, CLOCK],
      useFactory: (relay: OutboxRelay, clock: Clock) => new PostgresOutbox(relay, clock),
    },
    { provide: StepRegistry, useFactory: () => new StepRegistry() },
    {
      provide: BATCH_PARTS,
      inject: [Database, PostgresInbox, PostgresOutbox, StepRegistry, CLOCK],
      useFactory: (
        store: Database,
        inbox: PostgresInbox,
        outbox: PostgresOutbox,
        registry: StepRegistry,
        clock: Clock,
      ): Parts => ({
        service: name,
        store,
        inbox,
        outbox,
        aggregates: registry.aggregates,
        clock,
        accountOffsetMs: (account) => registry.accountOffsetMs(account),
      }),
    },
    { provide: BatchRunner, inject: [BATCH_PARTS], useFactory: (parts: Parts) => new BatchRunner(parts) },
    {
      provide: Commands,
      inject: [BatchRunner, CLOCK, Shutdown],
      useFactory: (runner: BatchRunner<PgTransaction>, clock: Clock, shutdown: Shutdown) => {
        const commands = new Commands(runner, { clock });
        shutdown.during('workers', 'the commands in hand', () => commands.drain());
        return commands;
      },
    },
    {
      provide: StepTransport,
      inject: [BUS, BATCH_PARTS, LOG, Metrics, Tracing, Shutdown],
      useFactory: (bus: Bus, parts: Parts, log: Log, metrics: Metrics, tracing: Tracing, shutdown: Shutdown) => {
        const transport = new StepTransport({ bus, parts, observer: observeSteps(name, log, metrics, tracing) });
        shutdown.during('consumer', 'the consumer', () => transport.close());
        return transport;
      },
    },
  ];
}
