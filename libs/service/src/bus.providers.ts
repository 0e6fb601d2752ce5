import type { Provider } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Leases } from '#leases';
import { KafkaJsBus, OutboxRelay, PostgresOutbox, PostgresOutboxStore, StepTransport } from '#messaging';
import { Database, isTransientError, type PgTransaction } from '#postgres';
import { BatchRunner, Commands, PostgresInbox } from '#saga';
import { Metrics, Tracing } from '#telemetry';
import { kafkaConnection } from './kafka-settings.js';
import { observeConsumption } from './observe-consumption.js';
import { measureBacklog, observeOutbox } from './observe-outbox.js';
import { observeSteps } from './observe-steps.js';
import { provide } from './provide.js';
import { Readiness } from './readiness.js';
import { RoundTrips } from './round-trips.js';
import type { ServiceOptions } from './service-options.js';
import { Shutdown } from './shutdown.js';
import { StepRegistry } from './step-registry.js';
import { BATCH_PARTS, BUS, CLOCK, LOG, OUTBOX_STORE, SETTINGS } from './tokens.js';

/** The bus, outbox, relay and consumer. */
export function busProviders({ name, database: { name: databaseName } }: ServiceOptions): Provider[] {
  return [
    provide(BUS, [SETTINGS, CLOCK, LOG, Metrics, Shutdown], (settings, clock, log, metrics, shutdown) => {
      const bus = new KafkaJsBus({
        ...kafkaConnection(settings),
        clientId: settings.INSTANCE_ID,
        clock,
        observer: observeConsumption(log, metrics),
        // At debug level: the relay and the transport report the same failures, once and classified.
        log: ({ level, message, error }) => log.debug({ kafka: level, ...(error && { error }) }, message),
      });
      shutdown.during('pools', 'the connections to Kafka', () => bus.close());
      return bus;
    }),
    provide(OUTBOX_STORE, [SETTINGS, CLOCK, RoundTrips, Shutdown], async (settings, clock, roundTrips, shutdown) => {
      const database = await Database.open({
        url: settings.DATABASE_URL,
        database: databaseName,
        applicationName: `${settings.INSTANCE_ID} relay`,
        maxConnections: 2,
        // It only deletes published rows. A lost delete causes a duplicate, which inboxes drop.
        synchronousCommit: false,
        onRoundTrip: roundTrips.ofPool('relay'),
        clock,
      });
      shutdown.during('pools', 'the relay’s database', () => database.close());
      return new PostgresOutboxStore(database);
    }),
    provide(
      OutboxRelay,
      [BUS, OUTBOX_STORE, Leases, SETTINGS, CLOCK, LOG, Metrics, Tracing, Readiness, Shutdown],
      async (bus, store, leases, settings, clock, log, metrics, tracing, readiness, shutdown) => {
        const sweepEveryMs = settings.OUTBOX_SWEEP_EVERY_MS;
        const observer = observeOutbox(log, metrics, readiness, { clock, tracing }, isTransientError);
        const relay = new OutboxRelay({ bus, store, leases, clock, observer, sweepEveryMs });
        await relay.start();
        measureBacklog(relay, metrics);
        shutdown.during('relay', 'the outbox relay', () => relay.stop());
        return relay;
      },
    ),
    provide(PostgresOutbox, [OutboxRelay, CLOCK], (relay, clock) => new PostgresOutbox(relay, clock)),
    provide(
      StepRegistry,
      [DiscoveryService],
      (discovery) => new StepRegistry(() => discovery.getControllers().map(({ instance }) => instance as object)),
    ),
    provide(
      BATCH_PARTS,
      [Database, PostgresInbox, PostgresOutbox, StepRegistry, CLOCK],
      (store, inbox, outbox, registry, clock) => ({
        service: name,
        store,
        inbox,
        outbox,
        aggregates: registry.aggregates,
        preparations: registry.preparations,
        effects: registry.effects,
        clock,
        accountOffsetMs: (account) => registry.accountOffsetMs(account),
      }),
    ),
    provide(BatchRunner, [BATCH_PARTS], (parts) => new BatchRunner(parts)),
    provide(Commands, [BatchRunner<PgTransaction>, CLOCK, Shutdown], (runner, clock, shutdown) => {
      const commands = new Commands(runner, { clock });
      shutdown.during('workers', 'the commands in hand', () => commands.drain());
      return commands;
    }),
    provide(
      StepTransport,
      [BUS, BATCH_PARTS, StepRegistry, LOG, Metrics, Tracing, Shutdown],
      (bus, parts, registry, log, metrics, tracing, shutdown) => {
        const observer = observeSteps(name, log, metrics, tracing);
        const transport = new StepTransport({ bus, parts, observer, steps: () => registry.steps() });
        shutdown.during('consumer', 'the consumer', () => transport.close());
        return transport;
      },
    ),
  ];
}
