import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { SystemClient } from '../system/system.client.js';
import { bearer, openConsole } from '../testing/console-app.js';
import { BankFaultsController } from './bank-faults.controller.js';

const askBanks = jest.fn<SystemClient['askBanks']>();
let app: NestFastifyApplication;
beforeAll(async () => {
  app = await openConsole([BankFaultsController], [{ provide: SystemClient, useValue: { askBanks } }]);
});
afterAll(() => app.close());
beforeEach(() => {
  askBanks.mockReset();
  askBanks.mockImplementation(async () => Response.json({ id: 'rule_1' }));
});
const send = () => supertest(app.getHttpServer());

it('lists the presets', async () => {
  const { body } = await send().get('/api/presets');
  expect((body as { title: string }[]).map(({ title }) => title)).toEqual([
    'Black Friday',
    'One bank dies',
    'Answers get lost',
  ]);
});

it('sets a rule that the schema has read, and lifts it', async () => {
  const rule = { scope: { bank: 'alder' }, fault: 'hang', parameters: {} };
  expect(await send().post('/api/faults').set(bearer).send(rule)).toMatchObject({
    status: 200,
    body: { id: 'rule_1' },
  });
  expect(askBanks).toHaveBeenCalledWith('POST', '/faults', expect.objectContaining({ fault: 'hang', probability: 1 }));
  expect(await send().delete('/api/faults/rule_1').set(bearer)).toMatchObject({ status: 204 });
  expect(askBanks).toHaveBeenLastCalledWith('DELETE', '/faults/rule_1', undefined);
});

it('sets a preset in place of what stood', async () => {
  expect(await send().post('/api/presets/one-bank-dies').set(bearer)).toMatchObject({ status: 204 });
  expect(askBanks.mock.calls.map(([method, path]) => `${method} ${path}`)).toEqual(['DELETE /faults', 'POST /faults']);
  expect(await send().post('/api/presets/blue-monday').set(bearer)).toMatchObject({ status: 404 });
});

it('refuses a fault that no bank knows, and says when the banks are away', async () => {
  expect(await send().post('/api/faults').set(bearer).send({ fault: 'explode' })).toMatchObject({ status: 400 });
  expect(askBanks).not.toHaveBeenCalled();
  askBanks.mockRejectedValue(new Error('ECONNREFUSED'));
  expect(await send().delete('/api/faults').set(bearer)).toMatchObject({
    status: 503,
    body: { message: 'The banks do not answer: is bank-simulator running?' },
  });
});
