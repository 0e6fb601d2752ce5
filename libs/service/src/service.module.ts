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
 * The frame that every service stands in: settings, time, telemetry, its migrated database, leases, ids,
 * inbox and outbox, the bus, and a door for operators. Global, so that a service's modules name only what
 * is their own. Creating it waits for Postgres; `listen` waits for Kafka.
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
      // Only the namespace's own reading counts: no file, and no raw variable behind a validated one.
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

  /** The only hook at the end: everything ends in phases, in the one order that loses nothing (decision 21). */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    this.log.info({ signal }, 'shutting down');
    await this.shutdown.run();
  }
}
