import { expect, it } from '@jest/globals';
import supertest from 'supertest';
import { SystemClient } from '../system/system.client.js';
import { openConsole, StubSystem } from '../testing/console-app.js';
import { LedgerController } from './ledger.controller.js';

async function asked(answers: Record<string, unknown>) {
  const app = await openConsole([LedgerController], [{ provide: SystemClient, useValue: new StubSystem(answers) }]);
  try {
    return await supertest(app.getHttpServer()).get('/api/ledger');
  } finally {
    await app.close();
  }
}

it('shows balances, banks and differences', async () => {
  const answers = { '/balances': { kinds: [] }, '/books': { banks: [] }, '/differences': [] };
  expect(await asked(answers)).toMatchObject({
    status: 200,
    body: { balances: { kinds: [] }, books: { banks: [] }, differences: [] },
  });
});

it('says that the ledger is away', async () => {
  expect(await asked({})).toMatchObject({
    status: 503,
    body: { message: 'The ledger cannot be asked: http://l: ECONNREFUSED.' },
  });
});
