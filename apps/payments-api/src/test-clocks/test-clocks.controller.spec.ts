import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { invalidRequest } from '../protocol/stripe-error.js';
import { ControllerApp, testAccount } from '../testing/controller-app.js';
import { TestClocks } from './test-clocks.js';
import { TestClocksController } from './test-clocks.controller.js';

const stored: KeyedAnswer = { answer: { status: 200, body: '{"id": "clock_1"}' }, originalRequestId: 'req_first' };
const create = jest.fn<TestClocks['create']>();
const advance = jest.fn<TestClocks['advance']>();
const list = jest.fn<TestClocks['list']>();
const retrieve = jest.fn<TestClocks['retrieve']>();
const remove = jest.fn<TestClocks['delete']>();

let api: ControllerApp;
beforeAll(async () => {
  const useValue = { create, advance, list, retrieve, delete: remove };
  api = await ControllerApp.open([TestClocksController], [{ provide: TestClocks, useValue }]);
});
afterAll(() => api.close());
beforeEach(() => void jest.resetAllMocks());

const clocks = '/v1/test_helpers/test_clocks';
const key = { 'Idempotency-Key': 'clock-1' };

describe('POST /v1/test_helpers/test_clocks', () => {
  it('sets the time in milliseconds, under a key', async () => {
    create.mockResolvedValue(stored);
    const answer = await api.send('post', clocks, 'frozen_time=1700000000&name=later', key);
    expect(answer).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' } });
    expect(create).toHaveBeenCalledWith(expect.objectContaining({ account: testAccount, key: 'clock-1' }), {
      frozenTime: 1_700_000_000_000,
      name: 'later',
    });
  });

  it.each([
    ['name=x', 'parameter_missing', 'frozen_time'],
    ['frozen_time=9999999999', 'parameter_invalid_integer', 'frozen_time'],
    ['frozen_time=1&customer=cus_1', 'resource_missing', 'customer'],
    ['frozen_time=1&expand[]=x', undefined, 'expand[0]'],
  ])('refuses %s before the use case', async (form, code, param) => {
    const { status, body } = await api.send('post', clocks, form);
    expect(status).toBe(400);
    expect([body.error.code, body.error.param]).toEqual([code, param]);
    expect(create).not.toHaveBeenCalled();
  });
});

describe('POST /v1/test_helpers/test_clocks/:id/advance', () => {
  it('moves the clock of the path', async () => {
    advance.mockResolvedValue(stored);
    expect(await api.send('post', `${clocks}/clock_1/advance`, 'frozen_time=5', key)).toMatchObject({ status: 200 });
    expect(advance).toHaveBeenCalledWith(expect.objectContaining({ key: 'clock-1' }), 'clock_1', { frozenTime: 5_000 });
  });

  it('tells what the use case refuses', async () => {
    advance.mockRejectedValue(invalidRequest('A test clock goes forward.', { param: 'frozen_time' }));
    const answer = await api.send('post', `${clocks}/clock_1/advance`, 'frozen_time=5');
    expect(answer).toMatchObject({ status: 400, body: { error: { param: 'frozen_time' } } });
  });
});

describe('reading test clocks', () => {
  it('lists them', async () => {
    list.mockResolvedValue({ object: 'list' });
    expect(await api.send('get', `${clocks}?limit=5`)).toMatchObject({ status: 200, body: { object: 'list' } });
    expect(list).toHaveBeenCalledWith(testAccount, { limit: 5 });
    expect(await api.send('get', `${clocks}?limit=500`)).toMatchObject({ status: 400 });
    expect(list).toHaveBeenCalledTimes(1);
  });

  it('finds one by its id', async () => {
    retrieve.mockResolvedValue({ id: 'clock_1' });
    expect(await api.send('get', `${clocks}/clock_1`)).toMatchObject({ status: 200, body: { id: 'clock_1' } });
    expect(retrieve).toHaveBeenCalledWith(testAccount, 'clock_1');
    expect(await api.send('get', `${clocks}/clock_1?name=x`)).toMatchObject({ status: 400 });
  });
});

describe('DELETE /v1/test_helpers/test_clocks/:id', () => {
  it('is idempotent by definition: it ignores a key', async () => {
    remove.mockResolvedValue({ id: 'clock_1', deleted: true });
    const answer = await api.send('delete', `${clocks}/clock_1`, '', key);
    expect(answer).toMatchObject({ status: 200, body: { deleted: true } });
    expect(answer.headers).not.toHaveProperty('idempotency-key');
    expect(remove).toHaveBeenCalledWith(testAccount, 'clock_1');
  });

  it('is refused without an API key', async () => {
    expect(await api.anonymous('delete', `${clocks}/clock_1`)).toMatchObject({ status: 401 });
    expect(remove).not.toHaveBeenCalled();
  });
});
