import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { ControllerApp, testAccount } from '../../testing/controller-app.js';
import { EventReading } from '../event-reading.js';
import { raisedTypes } from '../raised-types.js';
import { EventsController } from './events.controller.js';

const list = jest.fn<EventReading['list']>();
const retrieve = jest.fn<EventReading['retrieve']>();

let api: ControllerApp;
beforeAll(async () => {
  api = await ControllerApp.open([EventsController], [{ provide: EventReading, useValue: { list, retrieve } }]);
});
afterAll(() => api.close());
beforeEach(() => void jest.resetAllMocks());

describe('GET /v1/events', () => {
  it.each([
    ['', { types: [...raisedTypes], deliverySuccess: null }],
    ['type=charge.succeeded', { types: ['charge.succeeded'], deliverySuccess: null }],
    [
      'type=refund.*&delivery_success=false',
      { types: ['refund.created', 'refund.failed', 'refund.updated'], deliverySuccess: false },
    ],
    ['types[]=charge.failed&types[]=invoice.paid', { types: ['charge.failed'], deliverySuccess: null }],
    ['types[0]=*&delivery_success=true', { types: [...raisedTypes], deliverySuccess: true }],
    ['type=invoice.paid', { types: [], deliverySuccess: null }],
  ])('takes the filters %s', async (query, filters) => {
    list.mockResolvedValue({ object: 'list' });
    expect(await api.send('get', `/v1/events?${query}`)).toMatchObject({ status: 200, body: { object: 'list' } });
    expect(list).toHaveBeenCalledWith(testAccount, expect.objectContaining({ filters }));
  });

  it.each([
    ['type=a&types[]=b', 'types'],
    [Array.from({ length: 21 }, () => 'types[]=a').join('&'), 'types'],
    ['delivery_success=perhaps', 'delivery_success'],
    ['expand[]=data.request', 'expand[0]'],
    ['object=ch_1', 'object'],
  ])('refuses %s', async (query, param) => {
    expect(await api.send('get', `/v1/events?${query}`)).toMatchObject({ status: 400, body: { error: { param } } });
    expect(list).not.toHaveBeenCalled();
  });
});

describe('GET /v1/events/:id', () => {
  it('is the use case’s object, or its 404', async () => {
    retrieve.mockResolvedValueOnce({ id: 'evt_1' });
    expect(await api.send('get', '/v1/events/evt_1')).toMatchObject({ status: 200, body: { id: 'evt_1' } });
    expect(retrieve).toHaveBeenCalledWith(testAccount, 'evt_1');
    retrieve.mockRejectedValueOnce(resourceMissing('event', 'evt_2', 'id'));
    expect(await api.send('get', '/v1/events/evt_2')).toMatchObject({ status: 404 });
  });
});
