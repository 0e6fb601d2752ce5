import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { ControllerApp, testAccount } from '../../testing/controller-app.js';
import { IntentReading } from '../reading/intent-reading.js';
import { AuthenticationCompletion } from '../requests/authentication-completion.js';
import { IntentCreation } from '../requests/intent-creation.js';
import { IntentRequests } from '../requests/intent-requests.js';
import { AuthenticationPageController } from './authentication-page.controller.js';
import { AuthenticationController } from './authentication.controller.js';
import { PaymentIntentsController } from './payment-intents.controller.js';

const stored: KeyedAnswer = { answer: { status: 200, body: '{"id": "pi_1"}' }, originalRequestId: 'req_first' };
const create = jest.fn<IntentCreation['create']>();
const asked = {
  confirm: jest.fn<IntentRequests['confirm']>(),
  capture: jest.fn<IntentRequests['capture']>(),
  cancel: jest.fn<IntentRequests['cancel']>(),
  update: jest.fn<IntentRequests['update']>(),
};
const complete = jest.fn<AuthenticationCompletion['complete']>();
const askedIntent = jest.fn<AuthenticationCompletion['askedIntent']>();
const list = jest.fn<IntentReading['list']>();
const retrieve = jest.fn<IntentReading['retrieve']>();

let api: ControllerApp;
beforeAll(async () => {
  api = await ControllerApp.open(
    [PaymentIntentsController, AuthenticationController, AuthenticationPageController],
    [
      { provide: IntentCreation, useValue: { create } },
      { provide: IntentRequests, useValue: asked },
      { provide: AuthenticationCompletion, useValue: { complete, askedIntent } },
      { provide: IntentReading, useValue: { list, retrieve } },
    ],
  );
});
afterAll(() => api.close());
beforeEach(() => void jest.resetAllMocks());

const key = { 'Idempotency-Key': 'intent-1' };
const replayed = { 'idempotency-key': 'intent-1', 'original-request': 'req_first', 'idempotent-replayed': 'true' };
const order = 'amount=1000&currency=usd';

describe('POST /v1/payment_intents', () => {
  it('gives the use case claim and parameters, and sends the stored answer', async () => {
    create.mockResolvedValue(stored);
    const answer = await api.send('post', '/v1/payment_intents', `${order}&payment_method=pm_card_visa`, key);
    expect(answer).toMatchObject({ status: 200, text: '{"id": "pi_1"}', headers: replayed });
    expect(create).toHaveBeenCalledWith(
      expect.objectContaining({ account: testAccount, key: 'intent-1', endpoint: 'POST /v1/payment_intents' }),
      expect.objectContaining({ amount: 1000, payment_method: 'pm_card_visa', confirm: false }),
      { traceparent: undefined, baseUrl: expect.stringMatching(/^http:\/\/[\w.]+:\d+$/) },
    );
  });

  it.each([
    ['currency=usd', 'amount', 'parameter_missing'],
    ['amount=49&currency=usd', 'amount', 'amount_too_small'],
    ['amount=100000000&currency=usd', 'amount', 'amount_too_large'],
    [`${order}&capture_method=later`, 'capture_method', undefined],
    [`${order}&off_session=true`, 'off_session', 'parameter_unknown'],
    [`${order}&statement_descriptor=SHOP`, 'statement_descriptor', 'payment_intent_invalid_parameter'],
    [`${order}&payment_method_types[]=ideal`, 'payment_method_types', undefined],
    [
      `${order}&payment_method_types[]=card&automatic_payment_methods[enabled]=true`,
      'payment_method_types',
      'parameters_exclusive',
    ],
    [`${order}&confirmation_token=ctoken_1`, 'confirmation_token', undefined],
    [`${order}&expand[]=latest_charge.card`, 'expand[0]', undefined],
  ])('refuses %s before the use case', async (form, param, code) => {
    const answer = await api.send('post', '/v1/payment_intents', form);
    expect(answer).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error', param } } });
    expect((answer.body as { error: { code?: string } }).error.code).toBe(code);
    expect(create).not.toHaveBeenCalled();
  });
});

describe('an intent that exists', () => {
  it.each(['confirm', 'capture', 'cancel', 'update'] as const)(
    'takes a request to %s, under a key',
    async (request) => {
      asked[request].mockResolvedValue(stored);
      const path = request === 'update' ? '/v1/payment_intents/pi_1' : `/v1/payment_intents/pi_1/${request}`;
      expect(await api.send('post', path, '', key)).toMatchObject({ status: 200, headers: replayed });
      expect(asked[request].mock.calls).toEqual([
        expect.arrayContaining([expect.objectContaining({ key: 'intent-1' }), 'pi_1', expect.anything()]),
      ]);
    },
  );

  it.each([
    ['capture', 'final_capture=false', 'final_capture'],
    ['cancel', 'cancellation_reason=automatic', 'cancellation_reason'],
    ['confirm', 'amount_to_confirm=1', 'amount_to_confirm'],
  ] as const)('refuses to %s with %s', async (request, form, param) => {
    const answer = await api.send('post', `/v1/payment_intents/pi_1/${request}`, form);
    expect(answer).toMatchObject({ status: 400, body: { error: { param } } });
    expect(asked[request]).not.toHaveBeenCalled();
  });

  it('has its customer’s authentication completed by a test', async () => {
    complete.mockResolvedValue(stored);
    const path = '/v1/test_helpers/payment_intents/pi_1/complete_authentication';
    expect(await api.send('post', path, 'outcome=succeeded', key)).toMatchObject({ status: 200, headers: replayed });
    expect(await api.send('post', path, 'outcome=maybe')).toMatchObject({ body: { error: { param: 'outcome' } } });
    expect(complete).toHaveBeenCalledTimes(1);
  });

  it('is opened by its client secret alone, and by no other', async () => {
    askedIntent.mockRejectedValue(resourceMissing('payment_intent', 'pi_1', 'intent'));
    expect(await api.anonymous('get', '/authenticate/pi_1?client_secret=wrong')).toMatchObject({ status: 404 });
    expect(await api.anonymous('get', '/authenticate/pi_1')).toMatchObject({ status: 400 });
    expect(await api.anonymous('get', '/v1/payment_intents/pi_1')).toMatchObject({ status: 401 });
    expect(askedIntent.mock.calls).toEqual([['pi_1', 'wrong']]);
  });

  it('is read by its id, and in a list', async () => {
    retrieve.mockRejectedValue(resourceMissing('payment_intent', 'pi_1', 'intent'));
    expect(await api.send('get', '/v1/payment_intents/pi_1')).toMatchObject({ status: 404 });
    list.mockResolvedValue({ object: 'list' });
    const page = await api.send('get', '/v1/payment_intents?limit=3&expand[]=data.latest_charge');
    expect(page).toMatchObject({ status: 200, body: { object: 'list' } });
    expect(list).toHaveBeenCalledWith(
      testAccount,
      expect.objectContaining({ page: expect.objectContaining({ limit: 3 }), expand: ['latest_charge'] }),
    );
  });
});
