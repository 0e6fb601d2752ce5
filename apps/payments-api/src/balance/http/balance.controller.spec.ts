import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { ControllerApp, testAccount } from '../../testing/controller-app.js';
import { BalanceController } from './balance.controller.js';
import { BalanceReading } from './balance-reading.js';

const balance = jest.fn<BalanceReading['balance']>();
const list = jest.fn<BalanceReading['list']>();
const retrieve = jest.fn<BalanceReading['retrieve']>();

let api: ControllerApp;
beforeAll(async () => {
  api = await ControllerApp.open(
    [BalanceController],
    [{ provide: BalanceReading, useValue: { balance, list, retrieve } }],
  );
});
afterAll(() => api.close());
beforeEach(() => void jest.resetAllMocks());

describe('GET /v1/balance', () => {
  it('is the balance of the key’s account', async () => {
    balance.mockResolvedValue({ object: 'balance' });
    expect(await api.send('get', '/v1/balance')).toMatchObject({ status: 200, body: { object: 'balance' } });
    expect(balance).toHaveBeenCalledWith(testAccount);
  });

  it('has nothing to expand, and takes nothing else', async () => {
    for (const [query, param] of [
      ['expand[]=available', 'expand[0]'],
      ['limit=1', 'limit'],
    ]) {
      const answer = await api.send('get', `/v1/balance?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { error: { param } } });
    }
    expect(balance).not.toHaveBeenCalled();
  });

  it('is refused without an API key', async () => {
    expect(await api.anonymous('get', '/v1/balance')).toMatchObject({ status: 401 });
    expect(balance).not.toHaveBeenCalled();
  });
});

describe('GET /v1/balance_transactions', () => {
  it('gives the use case page and filters', async () => {
    list.mockResolvedValue({ object: 'list' });
    expect(await api.send('get', '/v1/balance_transactions?type=refund&currency=EUR')).toMatchObject({ status: 200 });
    expect(list).toHaveBeenCalledWith(
      testAccount,
      expect.objectContaining({ filters: { type: 'refund', currency: 'eur', source: null }, nothing: false }),
      '/v1/balance_transactions',
    );
  });

  it('has an older name, which the list and its objects answer to', async () => {
    list.mockResolvedValue({ object: 'list' });
    retrieve.mockResolvedValue({ id: 'txn_1' });
    expect(await api.send('get', '/v1/balance/history?limit=2')).toMatchObject({ status: 200 });
    expect(list).toHaveBeenCalledWith(testAccount, expect.anything(), '/v1/balance/history');
    expect(await api.send('get', '/v1/balance/history/txn_1')).toMatchObject({ status: 200 });
    expect(retrieve).toHaveBeenCalledWith(testAccount, 'txn_1', { expand: [] });
  });

  it('refuses a type that Stripe does not have', async () => {
    const answer = await api.send('get', '/v1/balance_transactions?type=chargee');
    expect(answer).toMatchObject({ status: 400, body: { error: { param: 'type' } } });
    expect(list).not.toHaveBeenCalled();
  });
});

describe('GET /v1/balance_transactions/:id', () => {
  it('is the use case’s object, or its 404', async () => {
    retrieve.mockResolvedValueOnce({ id: 'txn_1' });
    expect(await api.send('get', '/v1/balance_transactions/txn_1?expand[]=source')).toMatchObject({ status: 200 });
    expect(retrieve).toHaveBeenCalledWith(testAccount, 'txn_1', { expand: ['source'] });
    retrieve.mockRejectedValueOnce(resourceMissing('balance transaction', 'txn_2', 'id'));
    expect(await api.send('get', '/v1/balance_transactions/txn_2')).toMatchObject({
      status: 404,
      body: { error: { code: 'resource_missing' } },
    });
  });
});
