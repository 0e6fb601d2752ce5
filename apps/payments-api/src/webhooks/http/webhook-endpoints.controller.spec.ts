import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { ControllerApp, testAccount } from '../../testing/controller-app.js';
import { EventResend } from '../event-resend.js';
import { WebhookEndpoints } from '../webhook-endpoints.js';
import { EventResendController } from './event-resend.controller.js';
import { WebhookEndpointsController } from './webhook-endpoints.controller.js';

const stored: KeyedAnswer = { answer: { status: 200, body: '{"id": "we_1"}' }, originalRequestId: 'req_first' };
const create = jest.fn<WebhookEndpoints['create']>();
const update = jest.fn<WebhookEndpoints['update']>();
const rollSecret = jest.fn<WebhookEndpoints['rollSecret']>();
const retrieve = jest.fn<WebhookEndpoints['retrieve']>();
const remove = jest.fn<WebhookEndpoints['delete']>();
const list = jest.fn<WebhookEndpoints['list']>();
const resend = jest.fn<EventResend['resend']>();

let api: ControllerApp;
beforeAll(async () => {
  const useValue = { create, update, rollSecret, retrieve, delete: remove, list };
  api = await ControllerApp.open(
    [WebhookEndpointsController, EventResendController],
    [
      { provide: WebhookEndpoints, useValue },
      { provide: EventResend, useValue: { resend } },
    ],
  );
});
afterAll(() => api.close());
beforeEach(() => void jest.resetAllMocks());

const path = '/v1/webhook_endpoints';
const key = { 'Idempotency-Key': 'k' };
const claim = expect.objectContaining({ account: testAccount, key: 'k' });

describe('POST /v1/webhook_endpoints', () => {
  it('gives the use case what is wanted, under a key', async () => {
    create.mockResolvedValue(stored);
    const form =
      'url=https://shop.example/hook&enabled_events[]=charge.succeeded&enabled_events[]=invoice.paid&metadata[a]=b';
    expect(await api.send('post', path, form, key)).toMatchObject({ status: 200 });
    expect(create).toHaveBeenCalledWith(claim, {
      url: 'https://shop.example/hook',
      enabledEvents: ['charge.succeeded', 'invoice.paid'],
      apiVersion: null,
      description: null,
      metadata: { a: 'b' },
    });
  });

  it.each([
    ['enabled_events[]=*', 'parameter_missing', 'url'],
    ['url=https://a.example', 'parameter_missing', 'enabled_events'],
    ['url=a.example/hook&enabled_events[]=*', 'url_invalid', 'url'],
    ['url=ftp://a.example&enabled_events[]=*', 'url_invalid', 'url'],
    ['url=https://me:secret@a.example&enabled_events[]=*', 'url_invalid', 'url'],
    ['url=https://a.example&enabled_events[]=charge.succeded', undefined, 'enabled_events[0]'],
    ['url=https://a.example&enabled_events[]=*&enabled_events[]=charge.failed', undefined, 'enabled_events'],
    ['url=https://a.example&enabled_events[]=*&connect=true', undefined, 'connect'],
    ['url=https://a.example&enabled_events[]=*&secret=whsec_mine', 'parameter_unknown', 'secret'],
  ])('refuses %s', async (form, code, param) => {
    const { status, body } = await api.send('post', path, form);
    expect([status, body.error.code, body.error.param]).toEqual([400, code, param]);
    expect(create).not.toHaveBeenCalled();
  });
});

describe('an endpoint', () => {
  it('is updated, disabled, read and deleted by its id', async () => {
    update.mockResolvedValue(stored);
    expect(await api.send('post', `${path}/we_1`, 'disabled=true&description=', key)).toMatchObject({ status: 200 });
    expect(update).toHaveBeenCalledWith(claim, 'we_1', expect.objectContaining({ disabled: true, description: null }));
    retrieve.mockRejectedValue(resourceMissing('webhook endpoint', 'we_1', 'id'));
    expect(await api.send('get', `${path}/we_1`)).toMatchObject({ status: 404 });
    remove.mockResolvedValue({ id: 'we_1', deleted: true });
    expect(await api.send('delete', `${path}/we_1`)).toMatchObject({ status: 200, body: { deleted: true } });
    list.mockResolvedValue({ object: 'list' });
    expect(await api.send('get', `${path}?limit=3`)).toMatchObject({ status: 200 });
    expect(list).toHaveBeenCalledWith(testAccount, expect.objectContaining({ cursor: null }));
  });

  it('gets another secret, beside the old one for a day at most', async () => {
    rollSecret.mockResolvedValue(stored);
    expect(await api.send('post', `${path}/we_1/roll_secret`, '', key)).toMatchObject({ status: 200 });
    expect(rollSecret).toHaveBeenCalledWith(claim, 'we_1', { overlapMs: 86_400_000 });
    expect(await api.send('post', `${path}/we_1/roll_secret`, 'previous_expires_in=86401')).toMatchObject({
      status: 400,
    });
  });
});

describe('POST /v1/events/:id/retry', () => {
  it('sends an event again, to one endpoint or to all that want it', async () => {
    resend.mockResolvedValue(stored);
    expect(await api.send('post', '/v1/events/evt_1/retry', 'webhook_endpoint=we_1', key)).toMatchObject({
      status: 200,
    });
    expect(resend).toHaveBeenCalledWith(claim, 'evt_1', { endpointId: 'we_1' });
    expect(await api.send('post', '/v1/events/evt_1/retry', '', key)).toMatchObject({ status: 200 });
    expect(resend).toHaveBeenCalledWith(claim, 'evt_1', { endpointId: null });
  });
});
