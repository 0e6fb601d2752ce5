import { Global, Inject, Module, type BeforeApplicationShutdown, type DynamicModule } from '@nestjs/common';
import { busProviders } from './bus.providers.js';
import { jobProviders } from './jobs.providers.js';
import { parkingProviders } from './parking.providers.js';
import { processProviders } from './process.providers.js';
import type { ServiceOptions } from './service-options.js';
import { Shutdown } from './shutdown.js';
import { storeProviders } from './store.providers.js';
import { SERVICE } from './tokens.js';

/**
 * The frame that every service stands in: settings, time, telemetry, its migrated database, leases, ids,
 * inbox and outbox, the bus, and a door for operators. Global, so that a service's modules name only what
 * is their own. Creating it waits for Postgres; `listen` waits for Kafka.
 */
@Global()
@Module({})
export class ServiceModule implements BeforeApplicationShutdown {
  constructor(@Inject(Shutdown) private readonly shutdown: Shutdown) {}

  static forRoot(options: ServiceOptions): DynamicModule {
    const providers = [
      { provide: SERVICE, useValue: options },
      ...processProviders(options),
      ...storeProviders(options),
      ...busProviders(options),
      ...parkingProviders(),
      ...jobProviders(),
    ];
    return { module: ServiceModule, providers, exports: providers.map(({ provide }) => provide) };
  }

  /** Before Nest closes its doors: ours close in the one order that loses nothing. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.shutdown.run();
  }
}
