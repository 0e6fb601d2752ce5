import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { SystemClient } from '../system/system.client.js';
import { bearer, openConsole, StubSystem } from '../testing/console-app.js';
import { StripeClient } from './stripe.client.js';
import { TrafficController } from './traffic.controller.js';

const charge = jest.fn(async (_wish: object) => ({ status: 200, chargeId: 'ch_1', text: 'succeeded', tookMs: 5 }));
let app: NestFastifyApplication;
beforeAll(async () => {
  app = await openConsole(
    [TrafficController],
    [
      { provide: StripeClient, useValue: { charge } },
      { provide: SystemClient, useValue: new StubSystem({ '/test-cards': [{ token: 'tok_visa' }] }) },
    ],
  );
});
afterAll(() => app.close());
const send = () => supertest(app.getHttpServer());
const order = { source: 'tok_visa', amountMinor: 2000, currency: 'usd', capture: true };
const plan = { perSecond: 10, brands: ['visa'], duplicateShare: 0, faultShare: 0 };

it('makes one charge, and refuses what is none', async () => {
  expect(await send().post('/api/traffic/charges').set(bearer).send(order)).toMatchObject({
    body: { chargeId: 'ch_1' },
  });
  expect(charge).toHaveBeenCalledWith(order);
  expect(
    await send()
      .post('/api/traffic/charges')
      .set(bearer)
      .send({ ...order, amountMinor: -1 }),
  ).toMatchObject({
    status: 400,
  });
  expect(await send().post('/api/traffic/charges').send(order)).toMatchObject({ status: 401 });
});

it('starts and stops the generator, within its bounds', async () => {
  expect(await send().put('/api/traffic').set(bearer).send(plan)).toMatchObject({ status: 200, body: { plan } });
  expect(
    await send()
      .put('/api/traffic')
      .set(bearer)
      .send({ ...plan, perSecond: 101 }),
  ).toMatchObject({ status: 400 });
  expect(await send().get('/api/traffic')).toMatchObject({ body: { plan } });
  expect(await send().delete('/api/traffic').set(bearer)).toMatchObject({ body: { plan: null } });
});

it('lists the test cards of payments-api', async () => {
  expect(await send().get('/api/traffic/cards')).toMatchObject({ status: 200, body: [{ token: 'tok_visa' }] });
});
