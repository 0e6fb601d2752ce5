import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { ControllerApp, testAccount } from '../../testing/controller-app.js';
import { RefundReading } from '../reading/refund-reading.js';
import { RefundCreation } from '../requests/refund-creation.js';
import { RefundUpdate } from '../requests/refund-update.js';
import { ChargeRefundsController } from './charge-refunds.controller.js';
import { RefundsController } from './refunds.controller.js';

const stored: KeyedAnswer = { answer: { status: 200, body: '{"id": "re_1"}' }, originalRequestId: 'req_first' };
const create = jest.fn<RefundCreation['create']>();
const update = jest.fn<RefundUpdate['update']>();
const end = jest.fn<RefundUpdate['end']>();
const list = jest.fn<RefundReading['list']>();
const listOfCharge = jest.fn<RefundReading['listOfCharge']>();
const retrieve = jest.fn<RefundReading['retrieve']>();

let api: ControllerApp;
beforeAll(async () => {
  api = await ControllerApp.open(
    [RefundsController, ChargeRefundsController],
    [
      { provide: RefundCreation, useValue: { create } },
      { provide: RefundUpdate, useValue: { update, end } },
      { provide: RefundReading, useValue: { list, listOfCharge, retrieve } },
    ],
  );
});
afterAll(() => api.close());
beforeEach(() => void jest.resetAllMocks());

const key = { 'Idempotency-Key': 'refund-1' };
const replayed = { 'idempotency-key': 'refund-1', 'original-request': 'req_first', 'idempotent-replayed': 'true' };

describe('POST /v1/refunds', () => {
  it('gives the use case claim and parameters, and sends the stored answer', async () => {
    create.mockResolvedValue(stored);
    const answer = await api.send('post', '/v1/refunds', 'charge=ch_1&amount=5&reason=duplicate', key);
    expect(answer).toMatchObject({ status: 200, text: '{"id": "re_1"}', headers: replayed });
    expect(create).toHaveBeenCalledWith(
      expect.objectContaining({ account: testAccount, key: 'refund-1', endpoint: 'POST /v1/refunds' }),
      { of: { chargeId: 'ch_1' }, amountMinor: 5, reason: 'duplicate', metadata: {}, expand: [] },
      undefined,
    );
  });

  it('takes the intent in place of its charge', async () => {
    create.mockResolvedValue(stored);
    await api.send('post', '/v1/refunds', 'payment_intent=pi_1', key);
    expect(create).toHaveBeenCalledWith(
      expect.anything(),
      { of: { intentId: 'pi_1' }, amountMinor: undefined, reason: null, metadata: {}, expand: [] },
      undefined,
    );
  });

  it.each([
    ['amount=5', 'charge'],
    ['charge=ch_1&amount=0', 'amount'],
    ['charge=ch_1&reason=none', 'reason'],
    ['charge=ch_1&reverse_transfer=true', 'reverse_transfer'],
    ['charge=ch_1&payment_intent=pi_1', 'payment_intent'],
  ])('refuses %s before the use case', async (form, param) => {
    const answer = await api.send('post', '/v1/refunds', form);
    expect(answer).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error', param } } });
    expect(create).not.toHaveBeenCalled();
  });

  it('is refused without an API key', async () => {
    expect(await api.anonymous('post', '/v1/refunds')).toMatchObject({ status: 401 });
    expect(create).not.toHaveBeenCalled();
  });
});

describe('a refund that exists', () => {
  it('takes new metadata under a key', async () => {
    update.mockResolvedValue(stored);
    const answer = await api.send('post', '/v1/refunds/re_1', 'metadata[a]=1', key);
    expect(answer).toMatchObject({ status: 200, headers: replayed });
    expect(update).toHaveBeenCalledWith(expect.objectContaining({ key: 'refund-1' }), 're_1', {
      expand: [],
      metadata: new Map([['a', '1']]),
    });
  });

  it('takes nothing else', async () => {
    const answer = await api.send('post', '/v1/refunds/re_1', 'amount=1');
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'parameter_unknown', param: 'amount' } } });
    expect(update).not.toHaveBeenCalled();
  });

  it.each([
    ['cancel', '/v1/refunds/re_1/cancel'],
    ['expire', '/v1/test_helpers/refunds/re_1/expire'],
  ] as const)('is asked to end by %s under a key', async (way, url) => {
    end.mockResolvedValue(stored);
    expect(await api.send('post', url, '', key)).toMatchObject({ status: 200, headers: replayed });
    expect(end).toHaveBeenCalledWith(way, expect.objectContaining({ key: 'refund-1' }), 're_1', { expand: [] });
  });

  it('is read with what it is to expand', async () => {
    retrieve.mockResolvedValue({ id: 're_1' });
    const answer = await api.send('get', '/v1/refunds/re_1?expand[]=charge');
    expect(answer).toMatchObject({ status: 200, body: { id: 're_1' } });
    expect(retrieve).toHaveBeenCalledWith(testAccount, 're_1', { expand: ['charge'] });
    retrieve.mockRejectedValue(resourceMissing('refund', 're_2', 'id'));
    expect(await api.send('get', '/v1/refunds/re_2')).toMatchObject({ status: 404 });
  });
});

describe('refunds under their charge', () => {
  it('are made of the charge in the path', async () => {
    create.mockResolvedValue(stored);
    const url = '/v1/charges/ch_1/refunds';
    expect(await api.send('post', url, 'amount=5&reason=duplicate', key)).toMatchObject({ headers: replayed });
    expect(create).toHaveBeenCalledWith(
      expect.objectContaining({ key: 'refund-1', endpoint: `POST ${url}` }),
      { of: { chargeId: 'ch_1' }, amountMinor: 5, reason: 'duplicate', metadata: {}, expand: [] },
      undefined,
    );
    expect(await api.send('post', url, 'charge=ch_2', key)).toMatchObject({ status: 400 });
  });

  it('are found and written on with the charge that they must be of', async () => {
    retrieve.mockResolvedValue({ id: 're_1' });
    update.mockResolvedValue(stored);
    expect(await api.send('get', '/v1/charges/ch_1/refunds/re_1')).toMatchObject({ status: 200 });
    expect(retrieve).toHaveBeenCalledWith(testAccount, 're_1', { expand: [] }, 'ch_1');
    expect(await api.send('post', '/v1/charges/ch_1/refunds/re_1', 'metadata[a]=b', key)).toMatchObject({
      status: 200,
    });
    expect(update).toHaveBeenCalledWith(expect.anything(), 're_1', expect.anything(), 'ch_1');
  });
});

describe('lists of refunds', () => {
  it('are of an account', async () => {
    list.mockResolvedValue({ object: 'list' });
    expect(await api.send('get', '/v1/refunds?charge=ch_1')).toMatchObject({ status: 200, body: { object: 'list' } });
    expect(list).toHaveBeenCalledWith(testAccount, expect.objectContaining({ filters: { charge: 'ch_1' } }));
  });

  it('are of a charge, under its path', async () => {
    listOfCharge.mockResolvedValue({ object: 'list' });
    expect(await api.send('get', '/v1/charges/ch_1/refunds?limit=2')).toMatchObject({ status: 200 });
    const page = expect.objectContaining({ limit: 2 });
    expect(listOfCharge).toHaveBeenCalledWith(testAccount, 'ch_1', expect.objectContaining({ page }));
  });

  it.each(['/v1/refunds?limit=x', '/v1/charges/ch_1/refunds?created[foo]=1'])('refuse %s', async (url) => {
    expect(await api.send('get', url)).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error' } },
    });
    expect(list).not.toHaveBeenCalled();
    expect(listOfCharge).not.toHaveBeenCalled();
  });
});
