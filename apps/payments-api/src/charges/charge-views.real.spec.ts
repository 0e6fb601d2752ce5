import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { views } from '#contracts';
import { AdminServer } from '#service';
import { errorOf, officialStripe } from '../testing/official-stripe.js';
import { RunningApi } from '../testing/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start(`charge_views_${process.pid}`);
}, 60_000);
afterAll(() => api.close());

/** The answer of a door, which has the fields of its view and no other. */
async function read<View>(path: string, schema: z.ZodType<View>): Promise<View> {
  const response = await fetch(api.app.get(AdminServer).url + path);
  const answer: unknown = await response.json();
  const view = schema.parse(answer);
  expect(view).toEqual(answer);
  return view;
}

const order = { amount: 1000, currency: 'usd', source: 'tok_visa' };

describe('the operators’ door of payments-api', () => {
  it('lists a charge that waits for other services', async () => {
    const asked = officialStripe(api).charges.create(order);
    let waiting: views.UnsettledChargeView[] = [];
    while (waiting.length === 0) waiting = await read('/unsettled', z.array(views.unsettledChargeView));
    expect(waiting).toMatchObject([{ network: 'visa', fault: null }]);
    const { charge, events } = await read(`/charges/${waiting[0]!.id}`, views.paymentsChargeView);
    expect(charge).toMatchObject({
      state: 'requested',
      awaiting: true,
      amount: { amountMinor: 1000, currency: 'usd' },
    });
    expect(events).toMatchObject([{ type: 'opened', version: 1 }]);
    expect(await read(`/keys/${charge.account}/${encodeURIComponent(charge.key)}`, views.keyView)).toMatchObject({
      chargeId: charge.id,
      answer: null,
    });
    api.playLaterServices();
    await asked;
  }, 60_000);

  it('shows every kind of event that a charge can have, its refunds and its keys', async () => {
    const stripe = officialStripe(api);
    const held = await stripe.charges.create({ ...order, capture: false }, { idempotencyKey: 'create' });
    await stripe.charges.update(held.id, { description: 'a parcel' });
    await stripe.charges.capture(held.id, { amount: 700 }, { idempotencyKey: 'take' });
    const refund = await stripe.refunds.create({ charge: held.id, amount: 300 }, { idempotencyKey: 'give' });
    await stripe.refunds.update(refund.id, { metadata: { reason: 'late' } });
    const { charge, events } = await read(`/charges/${held.id}`, views.paymentsChargeView);
    expect(charge).toMatchObject({ state: 'succeeded', capture: 'manual', key: 'create', expiresAt: null });
    expect(events.filter(({ type }) => type !== 'refund_updated')).toMatchObject([
      { type: 'opened' },
      { type: 'authorized' },
      { type: 'updated', fields: ['description'] },
      { type: 'capture_requested', amount: { amountMinor: 700 }, key: 'take' },
      { type: 'posted', amount: { amountMinor: 700 } },
      { type: 'refund_requested', refundId: refund.id, amount: { amountMinor: 300 }, key: 'give' },
      { type: 'refund_ended', refundId: refund.id, end: { type: 'posted' } },
    ]);
    expect(events.find(({ type }) => type === 'refund_updated')).toMatchObject({ refundId: refund.id });
    expect(await read(`/refunds/${refund.id}`, views.refundView)).toMatchObject({
      chargeId: held.id,
      state: 'succeeded',
      amount: { amountMinor: 300, currency: 'usd' },
    });
    expect(await read(`/keys/${charge.account}/take`, views.keyView)).toMatchObject({
      endpoint: `POST /v1/charges/${held.id}/capture`,
      answer: { status: 200 },
    });

    const unwanted = await stripe.charges.create({ ...order, capture: false });
    const canceled = await stripe.refunds.create({ charge: unwanted.id }, { idempotencyKey: 'leave' });
    expect((await read(`/charges/${unwanted.id}`, views.paymentsChargeView)).events.slice(2)).toMatchObject([
      { type: 'cancellation_requested', cause: 'canceled', refund: { refundId: canceled.id, key: 'leave' } },
      { type: 'released', cause: 'canceled', holdRefusal: null },
    ]);

    const { charge: declined } = await errorOf(stripe.charges.create({ ...order, source: 'tok_chargeDeclined' }));
    expect((await read(`/charges/${declined}`, views.paymentsChargeView)).events.slice(1)).toMatchObject([
      { type: 'declined', code: expect.any(String) },
    ]);
  }, 60_000);

  it('knows no charge, refund or key of another system', async () => {
    const paths = ['/charges/ch_none', '/refunds/re_none', '/keys/acct_1/none'];
    const answers = await Promise.all(paths.map((path) => fetch(api.app.get(AdminServer).url + path)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });
});
