import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { SupervisorClient, SupervisorRefused } from '../system/supervisor.client.js';
import { bearer, openConsole } from '../testing/console-app.js';
import { ProcessesController } from './processes.controller.js';

const ask = jest.fn(async (_method: string, path: string): Promise<unknown> => {
  if (path.includes('ledgre')) throw new SupervisorRefused(404, 'no process ledgre');
  return { name: 'ledger', state: 'frozen' };
});
let app: NestFastifyApplication;
beforeAll(async () => {
  app = await openConsole([ProcessesController], [{ provide: SupervisorClient, useValue: { ask } }]);
});
afterAll(() => app.close());
const send = (path: string) => supertest(app.getHttpServer()).post(path);

it('passes a command on, and the supervisor’s refusal', async () => {
  expect(await send('/api/processes/ledger/freeze').set(bearer)).toMatchObject({
    status: 200,
    body: { state: 'frozen' },
  });
  expect(ask).toHaveBeenLastCalledWith('POST', '/processes/ledger/freeze');
  expect(await send('/api/processes/ledgre/freeze').set(bearer)).toMatchObject({
    status: 404,
    body: { message: 'no process ledgre' },
  });
});

it('passes nothing on without the token, nor what is no command', async () => {
  ask.mockClear();
  expect(await send('/api/processes/ledger/kill')).toMatchObject({ status: 401 });
  expect(await send('/api/processes/ledger/explode').set(bearer)).toMatchObject({ status: 400 });
  expect(await send('/api/processes/a%2Fb/kill').set(bearer)).toMatchObject({ status: 400 });
  expect(ask).not.toHaveBeenCalled();
});
