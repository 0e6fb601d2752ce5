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
import { BankListeners, type BanksOptions } from './desk/banks.js';
import { FaultRules } from './faults/fault-rules.js';
import { FaultSwitchboard } from './faults/fault-switchboard.js';

export interface BankSimulatorOptions extends BanksOptions {
  adminHost: string;
  /** 0 takes a free port. */
  adminPort: number;
  clock: Clock;
  logger: Logger;
}

export interface BankSimulator {
  urls: Record<bankProtocol.BankName, string>;
  adminUrl: string;
  /** Lets go of every caller, then closes the journals. */
  close(): Promise<void>;
}

@Module({})
export class BankSimulatorModule {
  static with({ clock, logger, ...options }: BankSimulatorOptions): DynamicModule {
    const rules = new FaultRules();
    return {
      module: BankSimulatorModule,
      controllers: [HealthController, FaultsController, BanksController],
      providers: [
        { provide: BankListeners, useFactory: () => new BankListeners(options, rules, clock, logger) },
        {
          provide: FaultSwitchboard,
          useFactory: (banks: BankListeners) => new FaultSwitchboard(rules, banks, clock, logger),
          inject: [BankListeners],
        },
      ],
    };
  }
}

/**
 * Starts every bank and the admin API.
 *
 * @throws when a port is taken, or a journal is damaged; nothing is left running then
 */
export async function createBankSimulator(options: BankSimulatorOptions): Promise<BankSimulator> {
  const application = await NestFactory.create<NestFastifyApplication>(
    BankSimulatorModule.with(options),
    // A request that never arrives whole must not hold up the end.
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: false, abortOnError: false },
  );
  limitClients(application.getHttpServer());
  application.getHttpAdapter().getInstance().addHook('onRequest', localDoorHook(options.allowedHosts));
  readEveryBodyAsJson(application);
  const banks = application.get(BankListeners);
  try {
    await application.listen(options.adminPort, options.adminHost);
  } catch (error) {
    await banks.onApplicationShutdown();
    throw error;
  }
  return { urls: banks.urls(), adminUrl: await application.getUrl(), close: () => application.close() };
}

/** `curl -d` calls everything a form; nothing here is one. */
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
