import 'reflect-metadata';
import { BadRequestException, type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Clock } from '#clock';
import type { bankProtocol } from '#contracts';
import { limitClients } from '#http-door';
import { localDoorHook } from '#local-door';
import { BanksController } from './admin/banks.controller.js';
import { FaultsController } from './admin/faults.controller.js';
import { HealthController } from './admin/health.controller.js';
import { BankListeners } from './desk/banks.js';
import { FaultRules } from './faults/fault-rules.js';
import { BANK_PORTS, FaultSwitchboard } from './faults/fault-switchboard.js';
import type { BanksSettings } from './settings.js';
import { banksConfig, settingsOfEnvironment } from './settings.module.js';
import { CLOCK, LOGGER } from './tokens.js';

export interface BankSimulatorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: those of the environment. */
  readonly settings?: BanksSettings;
}

export interface BankSimulator {
  urls: Record<bankProtocol.BankName, string>;
  adminUrl: string;
  /** Closes every connection, then the journals. */
  close(): Promise<void>;
}

@Module({})
export class BankSimulatorModule {
  static with({ clock, logger, settings }: BankSimulatorOptions): DynamicModule {
    return {
      module: BankSimulatorModule,
      imports: settings ? [] : [settingsOfEnvironment()],
      controllers: [HealthController, FaultsController, BanksController],
      providers: [
        ...(settings ? [{ provide: banksConfig.KEY, useValue: settings }] : []),
        { provide: CLOCK, useValue: clock },
        { provide: LOGGER, useValue: logger },
        FaultRules,
        BankListeners,
        { provide: BANK_PORTS, useExisting: BankListeners },
        FaultSwitchboard,
      ],
    };
  }
}

/**
 * Starts every bank and the admin API.
 *
 * @throws when a port is taken or a journal is damaged, with everything stopped again
 */
export async function createBankSimulator(options: BankSimulatorOptions): Promise<BankSimulator> {
  const application = await NestFactory.create<NestFastifyApplication>(
    BankSimulatorModule.with(options),
    // An incomplete request must not block the shutdown.
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: false, abortOnError: false },
  );
  const settings = application.get<BanksSettings>(banksConfig.KEY);
  options.logger.level = settings.logLevel;
  limitClients(application.getHttpServer());
  application.getHttpAdapter().getInstance().addHook('onRequest', localDoorHook(settings.allowedHosts));
  readEveryBodyAsJson(application);
  const banks = application.get(BankListeners);
  try {
    await application.listen(settings.adminPort, settings.adminHost);
  } catch (error) {
    await banks.onApplicationShutdown();
    throw error;
  }
  return { urls: banks.urls(), adminUrl: await application.getUrl(), close: () => application.close() };
}

/** `curl -d` sends the content type of a form, but every body here is JSON. */
function readEveryBodyAsJson(application: NestFastifyApplication): void {
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain', '*']) {
    application.useBodyParser(type, {}, (_request, body, done) => {
      try {
        done(null, JSON.parse(body.toString()));
      } catch {
        done(new BadRequestException('the body is not JSON'));
      }
    });
  }
}
