import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { EvidenceClient } from '#charge-story';
import { SystemClient } from '../system/system.client.js';
import { openConsole, StubSystem } from '../testing/console-app.js';
import { ConsoleChargesController } from './charges.controller.js';

const told: Record<string, object> = {
  'http://p/charges/ch_1': {
    charge: {
      id: 'ch_1',
      account: 'acct_1',
      state: 'succeeded',
      amount: { amountMinor: 2000, currency: 'usd' },
      capture: 'automatic',
      card: { brand: 'visa', last4: '4242' },
      fault: null,
      key: 'order-1',
      createdAt: 1,
      expiresAt: null,
      awaiting: false,
    },
    events: [],
  },
  'http://p/refunds/re_1': {
    id: 're_1',
    account: 'acct_1',
    chargeId: 'ch_1',
    state: 'succeeded',
    amount: { amountMinor: 500, currency: 'usd' },
    createdAt: 2,
  },
};
const system = new StubSystem({ '/charges': { charges: [], next: null } });
const evidence = async () =>
  new EvidenceClient(await system.addresses(), async (url) =>
    told[url]
      ? Response.json(told[url])
      : Response.json({ records: [] }, { status: url.includes('journal') ? 200 : 404 }),
  );
let app: NestFastifyApplication;
beforeAll(async () => {
  const useValue = Object.assign(system, { evidence });
  app = await openConsole([ConsoleChargesController], [{ provide: SystemClient, useValue }]);
});
afterAll(() => app.close());
const send = () => supertest(app.getHttpServer());

it('passes the filters on that it knows', async () => {
  const answer = await send().get('/api/charges?state=failed&awaiting=true&colour=red&before=');
  expect(answer).toMatchObject({ status: 200, body: { charges: [], next: null } });
  expect(system.asked).toEqual(['http://p/charges?state=failed&awaiting=true']);
});

it('tells a charge, by its refund too', async () => {
  expect(await send().get('/api/charges/ch_1')).toMatchObject({ status: 200, body: { story: { chargeId: 'ch_1' } } });
  expect(await send().get('/api/charges/re_1')).toMatchObject({ status: 200, body: { story: { chargeId: 'ch_1' } } });
});

it('refuses what is no id, and says what no service knows', async () => {
  expect(await send().get('/api/charges/pi_1')).toMatchObject({ status: 400 });
  expect(await send().get('/api/charges/ch_2')).toMatchObject({
    status: 404,
    body: { message: 'No service and no bank knows ch_2.' },
  });
});
