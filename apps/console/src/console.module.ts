import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Clock } from '#clock';
import { limitClients } from '#http-door';
import { localDoorHook } from '#local-door';
import { AccessController } from './access/access.controller.js';
import { ActionTokenGuard } from './access/action-token.guard.js';
import { BankFaultsController } from './banks/bank-faults.controller.js';
import { ConsoleChargesController } from './charges/charges.controller.js';
import { LedgerController } from './books/ledger.controller.js';
import { LeasesController } from './leases/leases.controller.js';
import { StripeClient } from './traffic/stripe.client.js';
import { TrafficController } from './traffic/traffic.controller.js';
import { ConsoleHealthController } from './health.controller.js';
import { NowController } from './now/now.controller.js';
import { SystemWatch } from './now/system-watch.js';
import { PageController } from './page/page.controller.js';
import { PageFiles } from './page/page-files.client.js';
import { ProcessesController } from './processes/processes.controller.js';
import type { ConsoleSettings } from './settings.js';
import { consoleConfig, settingsOfEnvironment } from './settings.module.js';
import { SupervisorClient } from './system/supervisor.client.js';
import { SystemClient } from './system/system.client.js';
import { CLOCK, LOGGER } from './tokens.js';

export interface ConsoleOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: those of the environment. */
  readonly settings?: ConsoleSettings;
}

export interface RunningConsole {
  readonly url: string;
  /** With the token, which lets the page change something; undefined under a supervisor, which has printed it. */
  readonly link: string | undefined;
  close(): Promise<void>;
}

@Module({})
export class ConsoleModule {
  static with({ clock, logger, settings }: ConsoleOptions): DynamicModule {
    return {
      module: ConsoleModule,
      imports: settings ? [] : [settingsOfEnvironment()],
      controllers: [
        ConsoleHealthController,
        AccessController,
        NowController,
        ProcessesController,
        BankFaultsController,
        ConsoleChargesController,
        TrafficController,
        LedgerController,
        LeasesController,
        PageController,
      ],
      providers: [
        ...(settings ? [{ provide: consoleConfig.KEY, useValue: settings }] : []),
        { provide: CLOCK, useValue: clock },
        { provide: LOGGER, useValue: logger },
        SupervisorClient,
        SystemClient,
        SystemWatch,
        StripeClient,
        PageFiles,
        ActionTokenGuard,
        { provide: APP_GUARD, useExisting: ActionTokenGuard },
      ],
    };
  }
}

/** @throws when its port is taken */
export async function createConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const application = await NestFactory.create<NestFastifyApplication>(
    ConsoleModule.with(options),
    // An open stream must not block the shutdown.
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: false, abortOnError: false },
  );
  const settings = application.get<ConsoleSettings>(consoleConfig.KEY);
  options.logger.level = settings.logLevel;
  limitClients(application.getHttpServer());
  application.getHttpAdapter().getInstance().addHook('onRequest', localDoorHook(settings.allowedHosts));
  await application.listen(settings.port, settings.host);
  const url = await application.getUrl();
  // In a container it listens everywhere, which is no address to open.
  const opened = url.replace(/\/\/(0\.0\.0\.0|\[::1?\])/, '//127.0.0.1');
  const link = settings.supervisorRunDir === undefined ? `${opened}/#token=${settings.token}` : undefined;
  return { url, link, close: () => application.close() };
}
