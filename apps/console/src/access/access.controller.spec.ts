import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { ConsoleHealthController } from '../health.controller.js';
import { bearer, openConsole } from '../testing/console-app.js';
import { AccessController } from './access.controller.js';

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await openConsole([AccessController, ConsoleHealthController]);
});
afterAll(() => app.close());

const send = () => supertest(app.getHttpServer());

it('tells a page by its token whether it may act', async () => {
  expect(await send().get('/api/access')).toMatchObject({ status: 200, body: { mayAct: false } });
  expect(await send().get('/api/access').set(bearer)).toMatchObject({ body: { mayAct: true } });
  expect(await send().get('/api/access').set('authorization', 'Bearer other')).toMatchObject({
    body: { mayAct: false },
  });
});

it('is healthy by itself', async () => {
  expect(await send().get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await send().get('/health/ready')).toMatchObject({ status: 200 });
});
