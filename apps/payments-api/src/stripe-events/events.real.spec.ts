import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stripe } from 'stripe';
import { firstIdAt } from '#snowflake';
import { eventually } from '#testing';
import { errorOf, officialStripe } from '../testing/official-stripe.js';
import { RunningApi } from '../testing/running-api.js';
import { misfits } from '../testing/stripe-types.js';
import { pruneEvents } from './event-retention.js';

let api: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start(`stripe_events_${process.pid}`, { ANSWER_WITHIN_MS: '300' });
}, 60_000);
afterAll(() => api.close());

const order = { amount: 1000, currency: 'usd', source: 'tok_visa' };
const DAY_MS = 86_400_000;

const typesOf = (events: readonly Stripe.Event[]) => events.map(({ type }) => type);
const all = async (client: Stripe, filters: Stripe.EventListParams = {}): Promise<Stripe.Event[]> =>
  (await client.events.list({ limit: 100, ...filters })).data;

describe('events of an account', () => {
  it('tells a charge that is answered pending so, and its outcome afterwards', async () => {
    const client = officialStripe(api);
    const charge = await client.charges.create(order, { idempotencyKey: 'slow' });
    expect(charge.status).toBe('pending');
    const [pending, ...none] = await all(client);
    expect([pending!.type, none]).toEqual(['charge.pending', []]);
    expect(pending!.data.object).toEqual(charge);
    expect(pending!.request).toEqual({ id: charge.lastResponse.requestId, idempotency_key: 'slow' });
    api.playLaterServices();
    await eventually('it has settled', async () => (await all(client)).length === 2);
    const [succeeded] = await all(client);
    expect(succeeded).toMatchObject({ type: 'charge.succeeded', request: pending!.request });
    expect(misfits(succeeded!, 'EventBase')).toEqual([]);
  });

  it('are the objects that were answered, with what changed, under their requests', async () => {
    const client = officialStripe(api);
    const charge = await client.charges.create(order, { idempotencyKey: 'order-1' });
    const refund = await client.refunds.create({ charge: charge.id, amount: 300 });
    await client.charges.update(charge.id, { metadata: { order: '1' } });
    const events = await all(client);
    expect(typesOf(events)).toEqual([
      'charge.updated',
      'charge.refund.updated',
      'refund.updated',
      'refund.created',
      'charge.refunded',
      'charge.succeeded',
    ]);
    const [updated, , refunded, , , succeeded] = events;
    expect(succeeded!.data).toEqual({ object: charge });
    expect(succeeded!.request).toEqual({ id: charge.lastResponse.requestId, idempotency_key: 'order-1' });
    expect(refunded!.data).toEqual({
      object: refund,
      previous_attributes: { balance_transaction: null, status: 'pending' },
    });
    expect(refunded!.request?.id).toBe(refund.lastResponse.requestId);
    expect(updated!.data.previous_attributes).toEqual({ metadata: { order: null } });
    expect(await client.events.retrieve(succeeded!.id)).toMatchObject(succeeded!);
    expect(await errorOf(officialStripe(api).events.retrieve(succeeded!.id))).toMatchObject({ statusCode: 404 });
  });

  it('are listed by type, group, cursor and delivery', async () => {
    const client = officialStripe(api);
    for (const source of ['tok_visa', 'tok_chargeDeclined', 'tok_visa'])
      await client.charges.create({ ...order, source }).catch(() => undefined);
    const [third, second, first] = await all(client);
    expect(typesOf([first!, second!, third!])).toEqual(['charge.succeeded', 'charge.failed', 'charge.succeeded']);
    expect(await all(client, { type: 'charge.succeeded' })).toEqual([third, first]);
    expect(await all(client, { types: ['charge.failed', 'invoice.paid'] })).toEqual([second]);
    expect(await all(client, { type: 'refund.*' })).toEqual([]);
    expect(await all(client, { starting_after: third!.id, limit: 1 })).toEqual([second]);
    expect(await all(client, { ending_before: first!.id, type: 'charge.*' })).toEqual([third, second]);
    // Without endpoints there is nothing that was not delivered.
    expect(await all(client, { delivery_success: true })).toHaveLength(3);
    expect(await all(client, { delivery_success: false })).toEqual([]);
    expect(await errorOf(client.events.list({ starting_after: 'evt_none' }))).toMatchObject({ statusCode: 400 });
  });

  it('are on the account’s clock', async () => {
    const client = officialStripe(api);
    const frozen_time = Math.floor((Date.now() + 40 * DAY_MS) / 1_000);
    await client.testHelpers.testClocks.create({ frozen_time });
    await client.charges.create(order);
    const [event] = await all(client);
    expect(event!.created).toBeGreaterThanOrEqual(frozen_time);
    expect(event!.created).toBeLessThan(frozen_time + 60);
  });

  it('exist for every change that committed, and for no other', async () => {
    const [row] = await api.administrator.query<{ missing: number; invented: number }>({
      name: 'test.events_of_charges',
      text: `SELECT
        (SELECT count(*) FROM charge WHERE state = 'succeeded' AND NOT EXISTS (
          SELECT FROM stripe_event WHERE object_id = charge.id AND type = 'charge.succeeded'))::int4 AS missing,
        (SELECT count(*) FROM stripe_event WHERE type = 'charge.succeeded' AND NOT EXISTS (
          SELECT FROM charge WHERE charge.id = object_id AND charge.account = stripe_event.account))::int4 AS invented`,
    });
    expect(row).toEqual({ missing: 0, invented: 0 });
  });

  it('are deleted after 30 days, the oldest first, and never changed', async () => {
    const client = officialStripe(api);
    await client.charges.create(order);
    const [event] = await all(client);
    expect(await pruneEvents(api.database, Date.now() - DAY_MS, 1_000)).toBe(0);
    expect(await client.events.retrieve(event!.id)).toBeTruthy();
    expect(event!.id < firstIdAt('evt', Date.now() + 1_000)).toBe(true);
    expect(await pruneEvents(api.database, Date.now() + 1_000, 1)).toBe(1);
    while ((await pruneEvents(api.database, Date.now() + 1_000, 100)) === 100);
    expect(await all(client)).toEqual([]);
    const rewrite = { name: 'test.rewrite', text: `UPDATE stripe_event SET type = 'x'` };
    await expect(api.database.query(rewrite)).rejects.toThrow('permission denied');
  });
});
