import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { usd } from '#money';
import { AdmissionControl, tooManyRequests } from '../../admission/admission-control.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { apiError, cardError, resourceMissing } from '../../protocol/stripe-error.js';
import { ControllerApp, testAccount } from '../../testing/controller-app.js';
import { ChargeReading } from '../reading/charge-reading.js';
import { ChargeCapture } from '../requests/charge-capture.js';
import { ChargeCreation } from '../requests/charge-creation.js';
import { ChargeUpdate } from '../requests/charge-update.js';
import { ChargesController } from './charges.controller.js';

const stored = (status: number, originalRequestId = 'req_first'): KeyedAnswer => ({
  answer: { status, body: `{\n  "id": "ch_1", "status": ${status}\n}\n` },
  originalRequestId,
});
const create = jest.fn<ChargeCreation['create']>();
const capture = jest.fn<ChargeCapture['capture']>();
const update = jest.fn<ChargeUpdate['update']>();
const list = jest.fn<ChargeReading['list']>();
const retrieve = jest.fn<ChargeReading['retrieve']>();
const admitUnread = jest.fn<AdmissionControl['admitUnread']>();

let api: ControllerApp;
beforeAll(async () => {
  api = await ControllerApp.open(
    [ChargesController],
    [
      { provide: ChargeCreation, useValue: { create } },
      { provide: ChargeCapture, useValue: { capture } },
      { provide: ChargeUpdate, useValue: { update } },
      { provide: ChargeReading, useValue: { list, retrieve } },
      { provide: AdmissionControl, useValue: { admitUnread } },
    ],
  );
});
afterAll(() => api.close());
beforeEach(() => void jest.resetAllMocks());

const valid = 'amount=1000&currency=usd&source=tok_visa';

describe('an overload', () => {
  beforeEach(() => {
    admitUnread.mockImplementation(() => {
      throw tooManyRequests('overload', 7);
    });
  });

  it.each(['/v1/charges', '/v1/charges/ch_1/capture'])('refuses POST %s before its body is read', async (url) => {
    const unreadable = 'amount=1&amount[a]=2';
    const answer = await api.send('post', url, unreadable);
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '7']);
    expect(answer.body).toMatchObject({ error: { code: 'rate_limit' } });
    expect(admitUnread).toHaveBeenCalledWith(testAccount);
    admitUnread.mockReset();
    expect((await api.send('post', url, unreadable)).status).toBe(400);
  });

  it('refuses nothing without a key, no read and no update', async () => {
    expect((await api.anonymous('post', '/v1/charges')).status).toBe(401);
    await api.send('get', '/v1/charges/ch_1');
    await api.send('post', '/v1/charges/ch_1', 'description=a');
    expect(admitUnread).not.toHaveBeenCalled();
  });
});

describe('POST /v1/charges', () => {
  it('gives the use case the claim, the parameters and the caller’s trace', async () => {
    create.mockResolvedValue(stored(200));
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await api.send('post', '/v1/charges', `${valid}&capture=false`, { 'Idempotency-Key': 'order-1', traceparent });
    expect(create).toHaveBeenCalledTimes(1);
    expect(create).toHaveBeenCalledWith(
      expect.objectContaining({ account: testAccount, key: 'order-1', endpoint: 'POST /v1/charges', holder: 'test' }),
      expect.objectContaining({
        amount: usd(1000),
        capture: 'manual',
        payment: { param: 'source', source: 'tok_visa' },
      }),
      traceparent,
    );
  });

  it('sends the stored answer to the byte, with its status and whose answer it was first', async () => {
    create.mockResolvedValue(stored(402));
    const answer = await api.send('post', '/v1/charges', valid, { 'Idempotency-Key': 'order-1' });
    expect(answer.status).toBe(402);
    expect(answer.text).toBe(stored(402).answer.body);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 'order-1',
      'original-request': 'req_first',
      'idempotent-replayed': 'true',
    });
  });

  it('calls the first answer under a key no replay', async () => {
    create.mockImplementation((claim) => Promise.resolve(stored(200, claim.requestId)));
    const { headers } = await api.send('post', '/v1/charges', valid, { 'Idempotency-Key': 'order-1' });
    expect(headers['original-request']).toBe(headers['request-id']);
    expect(headers).not.toHaveProperty('idempotent-replayed');
  });

  it('says nothing of keys when there was none', async () => {
    create.mockResolvedValue(stored(200));
    const { headers } = await api.send('post', '/v1/charges', valid);
    expect(headers).not.toHaveProperty('idempotency-key');
    expect(headers).not.toHaveProperty('original-request');
  });

  it('takes JSON as it takes a form', async () => {
    create.mockResolvedValue(stored(200));
    await api.send('post', '/v1/charges').send({ amount: 1000, currency: 'usd', source: 'tok_visa' });
    expect(create.mock.calls[0]![1]).toMatchObject({ amount: usd(1000), capture: 'automatic' });
  });

  it.each([
    ['currency=usd&source=tok_visa', { code: 'parameter_missing', param: 'amount' }],
    [`${valid}&colour=red`, { code: 'parameter_unknown', param: 'colour' }],
    ['amount=1e3&currency=usd&source=tok_visa', { code: 'parameter_invalid_integer', param: 'amount' }],
    [`${valid}&metadata[a][b]=1`, { param: 'metadata[a]' }],
  ])('refuses %s before the use case', async (form, error) => {
    const { status, body } = await api.send('post', '/v1/charges', form);
    expect(status).toBe(400);
    expect(body).toEqual({ error: expect.objectContaining({ type: 'invalid_request_error', ...error }) });
    expect(create).not.toHaveBeenCalled();
  });

  it('refuses an invalid idempotency key before it looks at the parameters', async () => {
    const { status, body } = await api.send('post', '/v1/charges', 'colour=red', {
      'Idempotency-Key': 'k'.repeat(256),
    });
    expect(status).toBe(400);
    expect(body.error.message).toMatch(/idempotency/i);
    expect(create).not.toHaveBeenCalled();
  });

  it('is refused without an API key', async () => {
    const { status, body } = await api.anonymous('post', '/v1/charges').type('form').send(valid);
    expect(status).toBe(401);
    expect(body).toEqual({ error: expect.objectContaining({ type: 'invalid_request_error' }) });
    expect(create).not.toHaveBeenCalled();
  });

  it('sends what the use case refuses in Stripe’s envelope', async () => {
    create.mockRejectedValueOnce(cardError({ code: 'card_declined', message: 'Your card was declined.' }));
    expect(await api.send('post', '/v1/charges', valid)).toMatchObject({
      status: 402,
      body: { error: { type: 'card_error', code: 'card_declined' } },
    });
    create.mockRejectedValueOnce(apiError('Later.', { status: 503 }));
    expect(await api.send('post', '/v1/charges', valid)).toMatchObject({
      status: 503,
      headers: { 'stripe-should-retry': 'true' },
      body: { error: { type: 'api_error' } },
    });
  });

  it('tells nothing of a bug', async () => {
    create.mockRejectedValue(new TypeError('the column secret does not exist'));
    const { status, text } = await api.send('post', '/v1/charges', valid);
    expect(status).toBe(500);
    expect(JSON.parse(text)).toEqual({ error: expect.objectContaining({ type: 'api_error' }) });
    expect(text).not.toContain('secret');
  });
});

describe('POST /v1/charges/:id/capture', () => {
  it('gives the use case the charge and the amount', async () => {
    capture.mockResolvedValue(stored(200));
    const { status, text } = await api.send('post', '/v1/charges/ch_1/capture', 'amount=300', {
      'Idempotency-Key': 'capture-1',
    });
    expect({ status, text }).toEqual({ status: 200, text: stored(200).answer.body });
    expect(capture).toHaveBeenCalledWith(
      expect.objectContaining({ account: testAccount, key: 'capture-1', endpoint: 'POST /v1/charges/ch_1/capture' }),
      'ch_1',
      expect.objectContaining({ amountMinor: 300, details: {} }),
      undefined,
    );
  });

  it('refuses what Connect knows', async () => {
    const answer = await api.send('post', '/v1/charges/ch_1/capture', 'application_fee=1');
    expect(answer).toMatchObject({ status: 400, body: { error: { param: 'application_fee' } } });
    expect(capture).not.toHaveBeenCalled();
  });
});

describe('POST /v1/charges/:id', () => {
  it('gives the use case what changes, and null for what is unset', async () => {
    update.mockResolvedValue(stored(200));
    await api.send('post', '/v1/charges/ch_1', 'description=&metadata[a]=1&metadata[b]=');
    expect(update).toHaveBeenCalledWith(expect.objectContaining({ endpoint: 'POST /v1/charges/ch_1' }), 'ch_1', {
      expand: [],
      details: {
        description: null,
        metadata: new Map([
          ['a', '1'],
          ['b', null],
        ]),
      },
    });
  });

  it('refuses a malformed update whether the charge exists or not', async () => {
    const answer = await api.send('post', '/v1/charges/ch_1', 'receipt_email=nobody');
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'email_invalid', param: 'receipt_email' } } });
    expect(update).not.toHaveBeenCalled();
  });
});

describe('GET /v1/charges', () => {
  it('gives the use case the page, and writes its object as JSON', async () => {
    list.mockResolvedValue({ object: 'list', data: [] });
    const answer = await api.send('get', '/v1/charges?limit=3&starting_after=ch_5&expand[]=data.refunds');
    expect(answer).toMatchObject({ status: 200, body: { object: 'list', data: [] } });
    expect(list).toHaveBeenCalledWith(
      testAccount,
      expect.objectContaining({
        page: expect.objectContaining({ limit: 3, direction: 'down' }),
        cursor: { param: 'starting_after', id: 'ch_5' },
        expand: ['refunds'],
      }),
    );
  });

  it('refuses a page of none', async () => {
    const answer = await api.send('get', '/v1/charges?limit=0');
    expect(answer).toMatchObject({ status: 400, body: { error: { param: 'limit' } } });
    expect(list).not.toHaveBeenCalled();
  });
});

describe('GET /v1/charges/:id', () => {
  it('is the use case’s object', async () => {
    retrieve.mockResolvedValue({ id: 'ch_1', object: 'charge' });
    expect(await api.send('get', '/v1/charges/ch_1')).toMatchObject({ status: 200, body: { id: 'ch_1' } });
    expect(retrieve).toHaveBeenCalledWith(testAccount, 'ch_1', { expand: [] });
  });

  it('is a 404 when the use case finds none', async () => {
    retrieve.mockRejectedValue(resourceMissing('charge', 'ch_1', 'id'));
    expect(await api.send('get', '/v1/charges/ch_1')).toMatchObject({
      status: 404,
      body: { error: { code: 'resource_missing', param: 'id' } },
    });
  });

  it('ignores an idempotency key', async () => {
    retrieve.mockResolvedValue({ id: 'ch_1' });
    const { headers } = await api.send('get', '/v1/charges/ch_1', '', { 'Idempotency-Key': 'k' });
    expect(headers).not.toHaveProperty('idempotency-key');
  });
});
