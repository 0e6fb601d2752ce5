import { expect, it } from '@jest/globals';
import supertest from 'supertest';
import { SystemClient } from '../system/system.client.js';
import { openConsole } from '../testing/console-app.js';
import { LeasesController } from './leases.controller.js';

const lease = { name: 'job-roll-up', holder: 'ledger#1', epoch: 3, expiresInSeconds: 8, heldSince: null };
const system = {
  addresses: async () => ({ payments: [], gateway: [], ledger: ['http://one', 'http://two'] }),
  views: async (urls: readonly string[]) => (urls.length > 0 ? [[lease], [{ ...lease, heldSince: 17 }]] : []),
};

it('shows each lease once, with the time that its holder tells', async () => {
  const app = await openConsole([LeasesController], [{ provide: SystemClient, useValue: system }]);
  const answer = await supertest(app.getHttpServer()).get('/api/leases');
  expect(answer.body).toEqual([{ ...lease, heldSince: 17, service: 'ledger' }]);
  await app.close();
});
