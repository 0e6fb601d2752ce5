import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ControllerApp, testAccount } from '../testing/controller-app.js';
import { ChargesController } from '../charges/http/charges.controller.js';
import { ChargeReading } from '../charges/reading/charge-reading.js';
import { ChargeCapture } from '../charges/requests/charge-capture.js';
import { ChargeCreation } from '../charges/requests/charge-creation.js';
import { ChargeUpdate } from '../charges/requests/charge-update.js';
import { API_VERSION } from '../protocol/api-version.js';

const retrieve = jest.fn<ChargeReading['retrieve']>();
const create = jest.fn<ChargeCreation['create']>();

let api: ControllerApp;
beforeAll(async () => {
  api = await ControllerApp.open(
    [ChargesController],
    [
      { provide: ChargeCreation, useValue: { create } },
      { provide: ChargeCapture, useValue: {} },
      { provide: ChargeUpdate, useValue: {} },
      { provide: ChargeReading, useValue: { retrieve } },
    ],
  );
  retrieve.mockResolvedValue({ object: 'charge', id: 'ch_1' });
  create.mockResolvedValue({ answer: { status: 200, body: '{}' }, originalRequestId: 'req_1' });
});
afterAll(() => api.close());

const get = (version?: string) =>
  api.send('get', '/v1/charges/ch_1', '', version === undefined ? {} : { 'Stripe-Version': version });

describe('the header Stripe-Version', () => {
  it('names the version of the answer, and the answer names the one that was served', async () => {
    const old = await get('2022-09-01');
    expect(old.headers['stripe-version']).toBe('2022-08-01');
    expect(old.body).toMatchObject({ object: 'charge', invoice: null, dispute: null });
    expect(retrieve).toHaveBeenLastCalledWith(testAccount, 'ch_1', { expand: ['refunds'] });

    const newest = await get();
    expect(newest.headers['stripe-version']).toBe(API_VERSION);
    expect(newest.body).toEqual({ object: 'charge', id: 'ch_1' });
    expect(retrieve).toHaveBeenLastCalledWith(testAccount, 'ch_1', { expand: [] });
  });

  it('is refused when it names none, after the key was looked at', async () => {
    const refused = await get('latest');
    expect([refused.status, refused.headers['stripe-version']]).toEqual([400, API_VERSION]);
    expect(refused.body).toMatchObject({
      error: {
        type: 'invalid_request_error',
        message: `Invalid Stripe API version: 'latest'. A version is a date and a name, such as ${API_VERSION}.`,
      },
    });
    const anonymous = await api.anonymous('get', '/v1/charges/ch_1').set('Stripe-Version', 'latest');
    expect(anonymous.status).toBe(401);
  });

  it('goes into the claim on the key, with all that the version expands', async () => {
    const form = 'amount=1000&currency=usd&source=tok_visa';
    await api.send('post', '/v1/charges', form, { 'Stripe-Version': '2020-08-27' });
    const claimed = expect.objectContaining({ apiVersion: '2020-08-27' });
    expect(create).toHaveBeenLastCalledWith(claimed, expect.objectContaining({ expand: ['refunds'] }), undefined);
  });
});
