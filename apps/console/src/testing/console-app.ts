import type { Provider, Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { localDoorHook } from '#local-door';
import { FakeClock } from '#testing';
import { ActionTokenGuard } from '../access/action-token.guard.js';
import { consoleConfig } from '../settings.module.js';
import { settingsFrom } from '../settings.js';
import type { ServiceAddresses } from '../system/service-addresses.js';
import { CLOCK } from '../tokens.js';

export const bearer = { authorization: 'Bearer a-token-for-tests' };

/** These controllers behind the console's own door and guard. */
export async function openConsole(controllers: Type[], providers: Provider[] = []): Promise<NestFastifyApplication> {
  const settings = settingsFrom({ CONSOLE_TOKEN: 'a-token-for-tests' });
  const module = await Test.createTestingModule({
    controllers,
    providers: [
      { provide: consoleConfig.KEY, useValue: settings },
      { provide: CLOCK, useValue: new FakeClock() },
      ActionTokenGuard,
      { provide: APP_GUARD, useExisting: ActionTokenGuard },
      ...providers,
    ],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.getHttpAdapter().getInstance().addHook('onRequest', localDoorHook(settings.allowedHosts));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

/** A `SystemClient` whose processes answer by path; what is not named is away. */
export class StubSystem {
  readonly asked: string[] = [];
  constructor(private readonly answers: Readonly<Record<string, unknown>>) {}

  async addresses(): Promise<ServiceAddresses> {
    return {
      api: 'http://api',
      payments: ['http://p'],
      gateway: ['http://g'],
      ledger: ['http://l'],
      banks: ['http://b'],
    };
  }

  async view(urls: readonly string[], path: string): Promise<object> {
    this.asked.push(`${urls[0]}${path}`);
    const view = this.answers[path.split('?')[0]!];
    return view === undefined ? { kind: 'away', because: `${urls[0]}: ECONNREFUSED` } : { kind: 'told', view };
  }

  async views(_urls: readonly string[], path: string): Promise<unknown[]> {
    return this.answers[path] === undefined ? [] : [this.answers[path]];
  }
}
