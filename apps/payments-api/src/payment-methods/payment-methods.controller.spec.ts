import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { ControllerApp, testAccount } from '../testing/controller-app.js';
import { PaymentMethodChanges } from './payment-method-changes.js';
import { PaymentMethodReading } from './payment-method-reading.js';
import { PaymentMethodsController } from './payment-methods.controller.js';

const stored: KeyedAnswer = { answer: { status: 200, body: '{"id": "pm_1"}' }, originalRequestId: 'req_first' };
const changes = {
  create: jest.fn<PaymentMethodChanges['create']>(),
  update: jest.fn<PaymentMethodChanges['update']>(),
  attach: jest.fn<PaymentMethodChanges['attach']>(),
  detach: jest.fn<PaymentMethodChanges['detach']>(),
};
const reading = {
  list: jest.fn<PaymentMethodReading['list']>(),
  retrieve: jest.fn<PaymentMethodReading['retrieve']>(),
  listOfCustomer: jest.fn<PaymentMethodReading['listOfCustomer']>(),
  retrieveOfCustomer: jest.fn<PaymentMethodReading['retrieveOfCustomer']>(),
};

let api: ControllerApp;
beforeAll(async () => {
  api = await ControllerApp.open(
    [PaymentMethodsController],
    [
      { provide: PaymentMethodChanges, useValue: changes },
      { provide: PaymentMethodReading, useValue: reading },
    ],
  );
});
afterAll(() => api.close());
beforeEach(() => void jest.resetAllMocks());

const ofKey = expect.objectContaining({ account: testAccount, key: 'k' });
const post = (path: string, form: string) => api.send('post', `/v1${path}`, form, { 'Idempotency-Key': 'k' });

describe('the routes that change payment methods', () => {
  it('make one of a token', async () => {
    changes.create.mockResolvedValue(stored);
    expect(await post('/payment_methods', 'type=card&card[token]=tok_visa')).toMatchObject({ status: 200 });
    const given = expect.objectContaining({ card: { token: 'tok_visa' }, allow_redisplay: 'unspecified' });
    expect(changes.create).toHaveBeenCalledWith(ofKey, given);
  });

  it('change, attach and detach one', async () => {
    for (const change of [changes.update, changes.attach, changes.detach]) change.mockResolvedValue(stored);
    await post('/payment_methods/pm_1', 'billing_details[name]=Amy&metadata[a]=');
    expect(changes.update).toHaveBeenCalledWith(
      ofKey,
      'pm_1',
      expect.objectContaining({ billing_details: { name: 'Amy' }, metadata: new Map([['a', null]]) }),
    );
    await post('/payment_methods/pm_card_visa/attach', 'customer=cus_1&expand[]=customer');
    expect(changes.attach).toHaveBeenCalledWith(ofKey, 'pm_card_visa', { customer: 'cus_1', expand: ['customer'] });
    await post('/payment_methods/pm_1/detach', '');
    expect(changes.detach).toHaveBeenCalledWith(ofKey, 'pm_1', { expand: [] });
  });

  it.each([
    ['/payment_methods', 'card[token]=tok_visa', 'parameter_missing', 'type'],
    ['/payment_methods', 'type=sepa_debit&card[token]=tok_visa', undefined, 'type'],
    ['/payment_methods', 'type=card', 'parameter_missing', 'card'],
    ['/payment_methods/pm_1/attach', '', 'parameter_missing', 'customer'],
    ['/payment_methods/pm_1', 'customer=cus_1', 'parameter_unknown', 'customer'],
    ['/payment_methods/pm_1', 'card[exp_month]=13', 'parameter_invalid_integer', 'card[exp_month]'],
  ])('refuse %s %s before the use case', async (path, form, code, param) => {
    const { status, body } = await post(path, form);
    expect([status, body.error.code, body.error.param]).toEqual([400, code, param]);
  });
});

describe('the routes that read payment methods', () => {
  it('list them, all or of a customer', async () => {
    reading.list.mockResolvedValue({ object: 'list' });
    reading.listOfCustomer.mockResolvedValue({ object: 'list' });
    await api.send('get', '/v1/payment_methods?customer=cus_1&type=card');
    const filters = { customer: 'cus_1', allow_redisplay: null };
    expect(reading.list).toHaveBeenCalledWith(testAccount, expect.objectContaining({ filters, nothing: false }));
    await api.send('get', '/v1/customers/cus_1/payment_methods?type=sepa_debit');
    expect(reading.listOfCustomer).toHaveBeenCalledWith(
      testAccount,
      'cus_1',
      expect.objectContaining({ nothing: true }),
    );
  });

  it('find one by its id, and under its customer', async () => {
    reading.retrieve.mockResolvedValue({ id: 'pm_1' });
    reading.retrieveOfCustomer.mockResolvedValue({ id: 'pm_1' });
    expect(await api.send('get', '/v1/payment_methods/pm_1')).toMatchObject({ status: 200, body: { id: 'pm_1' } });
    expect(reading.retrieve).toHaveBeenCalledWith(testAccount, 'pm_1', { expand: [] });
    await api.send('get', '/v1/customers/cus_1/payment_methods/pm_1?expand[]=customer.default_source');
    const expand = ['customer.default_source'];
    expect(reading.retrieveOfCustomer).toHaveBeenCalledWith(testAccount, 'cus_1', 'pm_1', { expand });
  });
});
