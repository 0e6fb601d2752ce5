import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ControllerApp, testAccount } from '../testing/controller-app.js';
import { Tokens } from './tokens.js';
import { TokensController } from './tokens.controller.js';

const create = jest.fn<Tokens['create']>();
const retrieve = jest.fn<Tokens['retrieve']>();

let api: ControllerApp;
beforeAll(async () => {
  api = await ControllerApp.open([TokensController], [{ provide: Tokens, useValue: { create, retrieve } }]);
});
afterAll(() => api.close());
beforeEach(() => void jest.resetAllMocks());

describe('the routes of tokens', () => {
  it('make one of a card, under a key', async () => {
    create.mockResolvedValue({ answer: { status: 200, body: '{"id": "tok_1"}' }, originalRequestId: 'req_first' });
    const form = 'card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040';
    expect(await api.send('post', '/v1/tokens', form, { 'Idempotency-Key': 't' })).toMatchObject({ status: 200 });
    const card = expect.objectContaining({ number: '4242424242424242', exp_month: 12 });
    expect(create).toHaveBeenCalledWith(expect.objectContaining({ account: testAccount, key: 't' }), card);
  });

  it.each([
    ['', 'parameter_missing', 'card'],
    ['card[number]=4242424242424242', 'parameter_missing', 'card[exp_month]'],
    ['bank_account[country]=DE', undefined, 'bank_account'],
    ['customer=cus_1', 'resource_missing', 'customer'],
  ])('refuse %p before the use case', async (form, code, param) => {
    const { status, body } = await api.send('post', '/v1/tokens', form);
    expect([status, body.error.code, body.error.param]).toEqual([400, code, param]);
    expect(create).not.toHaveBeenCalled();
  });

  it('find one by its id', async () => {
    retrieve.mockResolvedValue({ id: 'tok_1' });
    expect(await api.send('get', '/v1/tokens/tok_1')).toMatchObject({ status: 200, body: { id: 'tok_1' } });
    expect(retrieve).toHaveBeenCalledWith(testAccount, 'tok_1');
  });
});
