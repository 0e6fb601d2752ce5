import { Writable } from 'node:stream';
import type { Provider, Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { SystemClock } from '#clock';
import { CLOCK, LOG, Shutdown } from '#service';
import { createLog, Metrics } from '#telemetry';
import { ACCOUNTS } from '../accounts/accounts.module.js';
import { SandboxAccounts } from '../accounts/accounts.repository.js';
import { KeyedHash } from '../accounts/keyed-hash.js';
import { AdmissionControl } from '../admission/admission-control.js';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { StripeErrorFilter } from '../http/stripe-error.filter.js';
import { stripeDoor } from '../http/stripe-door.http.js';
import { CLAIM_PARTS, type ClaimParts } from '../idempotency/claim-of-request.http.js';

const hash = new KeyedHash('a secret for tests only');
const claimParts: ClaimParts = { hash, holder: 'test', answerWithinMs: 10_000 };
const nowhere = new Writable({ write: (_line, _encoding, done) => done() });

export const testKey = 'sk_test_controllers';
export const testAccount = new SandboxAccounts(hash).accountOf(testKey);

/**
 * Controllers behind the public door, without a database: door, guards, pipes and filter are those of the service,
 * the use cases are the test's.
 */
export class ControllerApp {
  private constructor(private readonly app: NestFastifyApplication) {}

  static async open(controllers: Type[], useCases: Provider[]): Promise<ControllerApp> {
    const clock = new SystemClock();
    const testing = await Test.createTestingModule({
      controllers,
      providers: [
        ApiKeyGuard,
        { provide: APP_GUARD, useExisting: ApiKeyGuard },
        { provide: APP_FILTER, useClass: StripeErrorFilter },
        { provide: ACCOUNTS, useValue: new SandboxAccounts(hash) },
        { provide: CLAIM_PARTS, useValue: claimParts },
        { provide: CLOCK, useValue: clock },
        { provide: LOG, useValue: createLog({ service: 'test', instance: 'test', destination: nowhere }) },
        { provide: Metrics, useValue: new Metrics(clock) },
        { provide: AdmissionControl, useValue: { admitUnread: () => undefined } },
        Shutdown,
        ...useCases,
      ],
    }).compile();
    const app = testing.createNestApplication<NestFastifyApplication>(stripeDoor.adapter(), { logger: false });
    await stripeDoor.configure!(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new ControllerApp(app);
  }

  /** A request with the API key of `testAccount`. */
  send(
    method: 'get' | 'post' | 'delete',
    url: string,
    form = '',
    headers: Record<string, string> = {},
  ): supertest.Test {
    const request = this.anonymous(method, url).auth(testKey, { type: 'bearer' }).set(headers);
    return form === '' ? request : request.type('form').send(form);
  }

  anonymous(method: 'get' | 'post' | 'delete', url: string): supertest.Test {
    return supertest(this.app.getHttpServer())[method](url);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
