import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { BankListeners } from '../desk/banks.js';
import { HealthController } from './health.controller.js';
import { openAdmin } from './testing/admin-app.js';

const banks: { failure: Error | undefined } = { failure: undefined };

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await openAdmin([HealthController], [{ provide: BankListeners, useValue: banks }]);
});
afterAll(() => app.close());

describe('the health of the bank simulator', () => {
  it('is good while every journal can be written', async () => {
    expect(await supertest(app.getHttpServer()).get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
  });

  it('is bad when a journal cannot be written, though the process lives', async () => {
    banks.failure = new Error('the journal of alder is full');
    const health = supertest(app.getHttpServer());
    expect(await health.get('/health/ready')).toMatchObject({
      status: 503,
      body: { message: 'the journal of alder is full' },
    });
    expect(await health.get('/health/live')).toMatchObject({ status: 200 });
  });
});
