import {
  Global,
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type Provider,
} from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { DiscoveryModule } from '@nestjs/core';
import type { Log } from '#telemetry';
import { busProviders } from './bus.providers.js';
import { entityProviders } from './entity.providers.js';
import { jobProviders } from './jobs.providers.js';
import { parkingProviders } from './parking.providers.js';
import { processProviders } from './process.providers.js';
import type { ServiceOptions } from './service-options.js';
import { Shutdown } from './shutdown.js';
import { storeProviders } from './store.providers.js';
import { LOG, SERVICE } from './tokens.js';

/**
 * The frame of every service: settings, clock, telemetry, migrated database, leases, ids, inbox, outbox, bus and admin
 * port. Global. Creating it waits for Postgres; `listen` waits for Kafka.
 */
@Global()
@Module({})
export class ServiceModule implements BeforeApplicationShutdown {
  constructor(
    private readonly shutdown: Shutdown,
    @Inject(LOG) private readonly log: Log,
  ) {}

  static forRoot(options: ServiceOptions): DynamicModule {
    const providers: Provider[] = [
      { provide: SERVICE, useValue: options },
      ...processProviders(options),
      ...storeProviders(options),
      ...entityProviders(options),
      ...busProviders(options),
      ...parkingProviders(),
      ...jobProviders,
    ];
    return {
      module: ServiceModule,
      // Settings come only from validated namespaces: not from `.env` files, not from raw variables.
      imports: [
        DiscoveryModule,
        ConfigModule.forRoot({
          load: [options.settings],
          isGlobal: true,
          cache: true,
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          skipProcessEnv: true,
        }),
      ],
      providers,
      exports: providers.map((provider) => (typeof provider === 'function' ? provider : provider.provide)),
    };
  }

  /** The only shutdown hook. It runs the phases in an order that loses no work (decision 22). */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    this.log.info({ signal }, 'shutting down');
    await this.shutdown.run();
  }
}
