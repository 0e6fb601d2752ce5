import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { ControllerApp, testAccount } from '../testing/controller-app.js';
import { CustomerChanges } from './customer-changes.js';
import { CustomerReading } from './customer-reading.js';
import { CustomerSources } from './customer-sources.js';
import { CustomerSourcesController } from './customer-sources.controller.js';
import { CustomersController } from './customers.controller.js';

const stored: KeyedAnswer = { answer: { status: 200, body: '{"id": "cus_1"}' }, originalRequestId: 'req_first' };
const changes = {
  create: jest.fn<CustomerChanges['create']>(),
  update: jest.fn<CustomerChanges['update']>(),
  delete: jest.fn<CustomerChanges['delete']>(),
};
const reading = {
  list: jest.fn<CustomerReading['list']>(),
  retrieve: jest.fn<CustomerReading['retrieve']>(),
  search: jest.fn<CustomerReading['search']>(),
};
const sources = {
  create: jest.fn<CustomerSources['create']>(),
  update: jest.fn<CustomerSources['update']>(),
  delete: jest.fn<CustomerSources['delete']>(),
  retrieve: jest.fn<CustomerSources['retrieve']>(),
  list: jest.fn<CustomerSources['list']>(),
};

let api: ControllerApp;
beforeAll(async () => {
  api = await ControllerApp.open(
    [CustomersController, CustomerSourcesController],
    [
      { provide: CustomerChanges, useValue: changes },
      { provide: CustomerReading, useValue: reading },
      { provide: CustomerSources, useValue: sources },
    ],
  );
});
afterAll(() => api.close());
beforeEach(() => void jest.resetAllMocks());

const ofKey = expect.objectContaining({ account: testAccount, key: 'k' });
const post = (path: string, form: string) => api.send('post', `/v1${path}`, form, { 'Idempotency-Key': 'k' });

describe('the routes of customers', () => {
  it('create and change one', async () => {
    changes.create.mockResolvedValue(stored);
    changes.update.mockResolvedValue(stored);
    await post('/customers', 'email=a%40b.c&invoice_settings[default_payment_method]=pm_1&preferred_locales[0]=de');
    const given = {
      email: 'a@b.c',
      invoice_settings: { default_payment_method: 'pm_1' },
      preferred_locales: ['de'],
      metadata: {},
    };
    expect(changes.create).toHaveBeenCalledWith(ofKey, expect.objectContaining(given));
    await post('/customers/cus_1', 'name=&shipping=');
    expect(changes.update).toHaveBeenCalledWith(
      ofKey,
      'cus_1',
      expect.objectContaining({ name: null, shipping: null }),
    );
  });

  it.each([
    ['email=nobody', 'email_invalid', 'email'],
    ['colour=red', 'parameter_unknown', 'colour'],
    ['tax[ip_address]=::1', undefined, 'tax'],
    ['invoice_prefix=x', undefined, 'invoice_prefix'],
    ['name=4242424242424242', undefined, 'name'],
    ['expand[]=invoices', undefined, 'expand[0]'],
  ])('refuse %s before the use case', async (form, code, param) => {
    const { status, body } = await post('/customers', form);
    expect([status, body.error.code, body.error.param]).toEqual([400, code, param]);
    expect(changes.create).not.toHaveBeenCalled();
  });

  it('read, search and delete them', async () => {
    for (const read of [reading.list, reading.retrieve, reading.search]) read.mockResolvedValue({});
    changes.delete.mockResolvedValue({ deleted: true });
    await api.send('get', '/v1/customers?email=a%40b.c');
    const filters = { email: 'a@b.c', test_clock: '' };
    expect(reading.list).toHaveBeenCalledWith(testAccount, expect.objectContaining({ filters }));
    await api.send('get', '/v1/customers/cus_1');
    expect(reading.retrieve).toHaveBeenCalledWith(testAccount, 'cus_1', { expand: [] });
    await api.send('get', `/v1/customers/search?query=${encodeURIComponent('-email:"a@b.c"')}`);
    const clauses = [{ isNegated: true, path: ['email'], operator: ':', value: 'a@b.c' }];
    expect(reading.search).toHaveBeenCalledWith(
      testAccount,
      expect.objectContaining({ limit: 10, query: { joinedBy: 'AND', clauses } }),
    );
    expect(await api.send('delete', '/v1/customers/cus_1')).toMatchObject({ status: 200, body: { deleted: true } });
    expect(changes.delete).toHaveBeenCalledWith(testAccount, 'cus_1');
  });
});

describe('the routes of a customer’s sources', () => {
  it('create, change and delete one', async () => {
    sources.create.mockResolvedValue(stored);
    sources.update.mockResolvedValue(stored);
    sources.delete.mockResolvedValue({ deleted: true });
    await post('/customers/cus_1/sources', 'source=tok_visa');
    expect(sources.create).toHaveBeenCalledWith(ofKey, 'cus_1', expect.objectContaining({ source: 'tok_visa' }));
    await post('/customers/cus_1/sources/card_1', 'name=Amy');
    expect(sources.update).toHaveBeenCalledWith(ofKey, 'cus_1', 'card_1', expect.objectContaining({ name: 'Amy' }));
    await api.send('delete', '/v1/customers/cus_1/sources/card_1');
    expect(sources.delete).toHaveBeenCalledWith(testAccount, 'cus_1', 'card_1');
  });

  it('read them', async () => {
    sources.list.mockResolvedValue({});
    sources.retrieve.mockResolvedValue({});
    await api.send('get', '/v1/customers/cus_1/sources?object=bank_account');
    expect(sources.list).toHaveBeenCalledWith(testAccount, 'cus_1', expect.objectContaining({ nothing: true }));
    await api.send('get', '/v1/customers/cus_1/sources/card_1?expand[]=customer');
    expect(sources.retrieve).toHaveBeenCalledWith(testAccount, 'cus_1', 'card_1', { expand: ['customer'] });
  });
});
