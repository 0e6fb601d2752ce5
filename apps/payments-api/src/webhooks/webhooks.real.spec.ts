import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stripe } from 'stripe';
import { eventually, notEmpty } from '#testing';
import { errorOf, officialStripe } from '../testing/official-stripe.js';
import { RunningApi } from '../testing/running-api.js';
import { misfits } from '../testing/stripe-types.js';
import { WebhookReceiver } from './testing/webhook-receiver.js';

const name = `webhooks_${process.pid}`;
let api: RunningApi;
let other: RunningApi;
const receivers: WebhookReceiver[] = [];
beforeAll(async () => {
  api = await RunningApi.start(name, { INSTANCE_ID: 'one' });
  other = await RunningApi.start(name, { INSTANCE_ID: 'two' });
  api.playLaterServices();
}, 60_000);
afterAll(async () => {
  await Promise.all([api.close(), other.close(), ...receivers.map((each) => each.close())]);
});

const order = { amount: 1000, currency: 'usd', source: 'tok_visa' };
const DAY = 86_400;

async function listening(
  client: Stripe,
  enabled_events: Stripe.WebhookEndpointCreateParams.EnabledEvent[] = ['*'],
): Promise<{ receiver: WebhookReceiver; endpoint: Stripe.WebhookEndpoint }> {
  const receiver = await WebhookReceiver.open();
  receivers.push(receiver);
  const endpoint = await client.webhookEndpoints.create({ url: receiver.url, enabled_events });
  receiver.secret = endpoint.secret!;
  return { receiver, endpoint };
}

const hasReceived = (receiver: WebhookReceiver, count: number) =>
  eventually(`${count} events received`, () => receiver.received.length >= count);

/** Rows of what waits, or waited, for an endpoint. */
const deliveriesOf = (endpointId: string) =>
  api.database.query<{ state: string; attempts: number; log: { status: number | null; error: string | null }[] }>(
    { name: 'test.deliveries', text: 'SELECT state, attempts, log FROM webhook_delivery WHERE endpoint_id = $1' },
    [endpointId],
  );

describe('a webhook endpoint', () => {
  it('is made, changed, listed and deleted by the official package', async () => {
    const client = officialStripe(api);
    const url = 'https://shop.example/hook';
    const made = await client.webhookEndpoints.create({
      url,
      enabled_events: ['charge.succeeded'],
      metadata: { a: 'b' },
    });
    expect(made.secret).toMatch(/^whsec_[0-9A-Za-z]{32}$/);
    expect(misfits(made, 'WebhookEndpoint')).toEqual([]);
    const { secret: _once, ...shown } = made;
    expect(await client.webhookEndpoints.retrieve(made.id)).toEqual(shown);
    const changed = await client.webhookEndpoints.update(made.id, { disabled: true, enabled_events: ['*'] });
    expect(changed).toEqual({ ...shown, status: 'disabled', enabled_events: ['*'] });
    expect((await client.webhookEndpoints.list()).data).toEqual([changed]);
    expect(await client.webhookEndpoints.del(made.id)).toMatchObject({ id: made.id, deleted: true });
    expect(await errorOf(client.webhookEndpoints.retrieve(made.id))).toMatchObject({ statusCode: 404 });
  });

  it('is another account’s to nobody', async () => {
    const { id } = await officialStripe(api).webhookEndpoints.create({
      url: 'https://a.example',
      enabled_events: ['*'],
    });
    const stranger = officialStripe(api);
    expect((await stranger.webhookEndpoints.list()).data).toEqual([]);
    for (const attempt of [
      () => stranger.webhookEndpoints.retrieve(id),
      () => stranger.webhookEndpoints.update(id, { disabled: true }),
      () => stranger.webhookEndpoints.del(id),
    ])
      expect(await errorOf(attempt())).toMatchObject({ statusCode: 404 });
  });

  it('has its secret in the answer that made it, again under its key, and in no table', async () => {
    const client = officialStripe(api);
    const wanted = { url: 'https://a.example', enabled_events: ['*'] } as const;
    const make = () => client.webhookEndpoints.create({ ...wanted, enabled_events: ['*'] }, { idempotencyKey: 'we' });
    const [made, again] = [await make(), await make()];
    expect(again).toEqual(made);
    const tables = await api.administrator.query<{ name: string }>({
      name: 'test.tables',
      text: `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    });
    for (const { name: table } of notEmpty(tables)) {
      const found = await api.administrator.query(
        { name: `test.secret_in_${table}`, text: `SELECT 1 FROM ${table} WHERE ${table}::text LIKE $1 LIMIT 1` },
        [`%${made.secret!.slice('whsec_'.length)}%`],
      );
      expect([table, found]).toEqual([table, []]);
    }
  });

  it('signs with both secrets after a rotation, until the old one has ended', async () => {
    const client = officialStripe(api);
    const { receiver, endpoint } = await listening(client);
    const old = receiver.secret;
    const roll = (previous_expires_in: string) =>
      client.rawRequest('POST', `/v1/webhook_endpoints/${endpoint.id}/roll_secret`, { previous_expires_in });
    const { secret } = (await roll('3600')) as unknown as { secret: string };
    expect(secret).not.toBe(old);
    await client.charges.create(order);
    await hasReceived(receiver, 1);
    receiver.secret = secret;
    await client.charges.create(order);
    await hasReceived(receiver, 2);
    const { secret: third } = (await roll('0')) as unknown as { secret: string };
    await client.charges.create(order);
    await eventually('the secret of before is refused', () => receiver.rejected.length === 1);
    receiver.secret = third;
    await client.charges.create(order);
    await hasReceived(receiver, 3);
  });

  it('is one of 16 at most', async () => {
    const client = officialStripe(api);
    const make = () => client.webhookEndpoints.create({ url: 'https://a.example', enabled_events: ['*'] });
    for (let n = 0; n < 16; n++) await make();
    expect(await errorOf(make())).toMatchObject({ statusCode: 400 });
  });
});

describe('an event', () => {
  it('is delivered as the API shows it, to the endpoints that want its type', async () => {
    const client = officialStripe(api);
    const [{ receiver: all }, { receiver: some, endpoint }] = [
      await listening(client),
      await listening(client, ['charge.failed', 'invoice.paid']),
    ];
    const stranger = await listening(officialStripe(api));
    await client.charges.create(order);
    await client.charges.create({ ...order, source: 'tok_chargeDeclined' }).catch(() => undefined);
    await hasReceived(all, 2);
    await hasReceived(some, 1);
    await eventually(
      'all is delivered',
      async () => (await client.events.list({ delivery_success: true })).data.length === 2,
    );
    const events = (await client.events.list()).data;
    for (const { event, headers } of notEmpty(all.received)) {
      const { pending_webhooks: pending, ...shown } = events.find(({ id }) => id === event.id)!;
      expect(event).toEqual({ ...shown, pending_webhooks: event.type === 'charge.failed' ? 2 : 1 });
      expect(pending).toBe(0);
      expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    }
    expect(some.received.map(({ event }) => event.type)).toEqual(['charge.failed']);
    expect([all.rejected, some.rejected, stranger.receiver.received]).toEqual([[], [], []]);
    expect(await deliveriesOf(endpoint.id)).toMatchObject([
      { state: 'delivered', attempts: 1, log: [{ status: 200 }] },
    ]);
  });

  it('is delivered again after a refusal, as soon as its account’s clock is ahead', async () => {
    const client = officialStripe(api);
    const clock = await client.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.now() / 1_000) });
    const { receiver, endpoint } = await listening(client);
    receiver.answers = { status: 302, headers: { location: receiver.url } };
    await client.charges.create(order);
    await eventually('an attempt is recorded', async () => (await deliveriesOf(endpoint.id))[0]?.log.length === 1);
    const [event] = (await client.events.list({ delivery_success: false })).data;
    expect(event!.pending_webhooks).toBe(1);
    // A redirect is a refusal, and not followed.
    expect(receiver.received).toHaveLength(1);
    receiver.answers = { status: 204 };
    await client.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + DAY });
    await hasReceived(receiver, 2);
    expect(receiver.ids).toEqual([event!.id, event!.id]);
    await eventually('it is delivered', async () => (await deliveriesOf(endpoint.id))[0]!.state === 'delivered');
    expect((await deliveriesOf(endpoint.id))[0]!.log.map(({ status }) => status)).toEqual([302, 204]);
    expect((await client.events.list({ delivery_success: false })).data).toEqual([]);
  });

  it('is sent again when its merchant asks, also to an endpoint that came later', async () => {
    const client = officialStripe(api);
    await client.charges.create(order);
    const [event] = (await client.events.list()).data;
    const { receiver, endpoint } = await listening(client);
    const retry = (parameters: Record<string, string>) =>
      client.rawRequest('POST', `/v1/events/${event!.id}/retry`, parameters);
    expect(await retry({ webhook_endpoint: endpoint.id })).toMatchObject({ id: event!.id, object: 'event' });
    await hasReceived(receiver, 1);
    await retry({});
    await hasReceived(receiver, 2);
    expect(await errorOf(retry({ webhook_endpoint: 'we_none' }))).toMatchObject({ statusCode: 400 });
    await client.webhookEndpoints.update(endpoint.id, { disabled: true });
    expect(await errorOf(retry({ webhook_endpoint: endpoint.id }))).toMatchObject({ statusCode: 400 });
    const stranger = officialStripe(api);
    const theirs = stranger.rawRequest('POST', `/v1/events/${event!.id}/retry`, {});
    expect(await errorOf(theirs)).toMatchObject({ statusCode: 404 });
  });

  it('ends with its endpoint', async () => {
    const client = officialStripe(api);
    const { receiver, endpoint } = await listening(client);
    receiver.answers = { status: 500 };
    await client.charges.create(order);
    await hasReceived(receiver, 1);
    await client.webhookEndpoints.del(endpoint.id);
    const [event] = (await client.events.list()).data;
    expect(event!.pending_webhooks).toBe(0);
  });

  it('that another instance was about to deliver is delivered when its lease has lapsed', async () => {
    const client = officialStripe(api);
    const { receiver, endpoint } = await listening(client);
    receiver.answers = { status: 500 };
    await client.charges.create(order);
    await eventually('an attempt is recorded', async () => (await deliveriesOf(endpoint.id))[0]?.log.length === 1);
    const lapse = {
      name: 'test.lapse',
      text: `UPDATE webhook_delivery SET attempts = attempts + 1, due_at = now() WHERE endpoint_id = $1`,
    };
    receiver.answers = { status: 200 };
    await api.database.query(lapse, [endpoint.id]);
    await eventually('it is delivered', async () => (await deliveriesOf(endpoint.id))[0]!.state === 'delivered');
  });
});

describe('500 charges at once', () => {
  it('are told to a living endpoint, each verified, while another hangs', async () => {
    const client = officialStripe(api);
    const { receiver: living } = await listening(client, ['charge.succeeded']);
    const { receiver: hanging, endpoint } = await listening(client, ['charge.succeeded']);
    hanging.answers = null;
    const charges = await Promise.all(
      Array.from({ length: 500 }, () => client.charges.create(order, { maxNetworkRetries: 5 })),
    );
    await eventually('all are received', () => living.received.length >= 500, { timeoutMs: 30_000 });
    const told = living.received.map(({ event }) => (event.data.object as Stripe.Charge).id);
    expect(new Set(told)).toEqual(new Set(charges.map(({ id }) => id)));
    expect([living.rejected, new Set(living.ids).size]).toEqual([[], 500]);
    // The bulkhead: two instances of eight attempts, however many wait.
    expect(hanging.received.length).toBeLessThanOrEqual(16);
    expect(await deliveriesOf(endpoint.id)).toHaveLength(500);
  }, 60_000);
});
