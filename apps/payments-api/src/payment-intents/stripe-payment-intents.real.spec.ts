import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Stripe } from 'stripe';
import { errorOf, officialStripe } from '../testing/official-stripe.js';
import { RunningApi } from '../testing/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start(`intents_${process.pid}`);
  api.playLaterServices();
}, 60_000);
afterAll(() => api.close());

const stripe = (): Stripe => officialStripe(api);
const order = { amount: 1000, currency: 'usd' };
const card = { payment_method: 'pm_card_visa', return_url: 'https://example.com/done' };
const unexpected = { statusCode: 400, code: 'payment_intent_unexpected_state' };

/** Charges of an intent, by the list's filter. */
const chargesOf = async (client: Stripe, id: string) =>
  (await client.charges.list({ payment_intent: id })).data.map(({ status }) => status);

describe('the official package', () => {
  it('creates an intent, gives it a card, confirms it, and finds its charge', async () => {
    const client = stripe();
    const created = await client.paymentIntents.create({ ...order, description: 'Order 1', metadata: { order: '1' } });
    expect(created).toMatchObject({
      object: 'payment_intent',
      amount: 1000,
      amount_received: 0,
      status: 'requires_payment_method',
      client_secret: expect.stringMatching(new RegExp(`^${created.id}_secret_\\w{25}$`)),
      automatic_payment_methods: { enabled: true, allow_redirects: 'always' },
      latest_charge: null,
      metadata: { order: '1' },
    });
    const updated = await client.paymentIntents.update(created.id, { payment_method: 'pm_card_visa' });
    expect(updated).toMatchObject({ status: 'requires_confirmation', payment_method: expect.stringMatching(/^pm_/) });
    const confirmed = await client.paymentIntents.confirm(created.id, {
      return_url: card.return_url,
      expand: ['latest_charge.balance_transaction'],
    });
    expect(confirmed).toMatchObject({ status: 'succeeded', amount_received: 1000, next_action: null });
    expect(confirmed.latest_charge).toMatchObject({
      payment_intent: created.id,
      payment_method: updated.payment_method,
      description: 'Order 1',
      balance_transaction: { object: 'balance_transaction', net: 941 },
    });
    const found = await client.paymentIntents.retrieve(created.id);
    expect(found.latest_charge).toBe((confirmed.latest_charge as Stripe.Charge).id);
  });

  it('is paid with a saved card of its customer, and with no other’s', async () => {
    const client = stripe();
    const customer = await client.customers.create({ email: 'ada@example.com' });
    const saved = await client.paymentMethods.attach('pm_card_mastercard', { customer: customer.id });
    const offSession = { ...order, payment_method: saved.id, off_session: true, confirm: true };
    const paid = await client.paymentIntents.create({
      ...offSession,
      customer: customer.id,
      expand: ['latest_charge'],
    });
    expect(paid).toMatchObject({ status: 'succeeded', customer: customer.id, payment_method: saved.id });
    expect(paid.latest_charge).toMatchObject({ customer: customer.id, payment_method: saved.id });
    expect((await client.paymentIntents.list({ customer: customer.id })).data.map(({ id }) => id)).toEqual([paid.id]);

    const other = await client.customers.create();
    const refusals = await Promise.all([
      errorOf(client.paymentIntents.create(offSession)),
      errorOf(client.paymentIntents.create({ ...offSession, customer: other.id })),
      errorOf(client.paymentIntents.create({ ...offSession, customer: 'cus_none' })),
      errorOf(stripe().paymentIntents.create(offSession)),
      errorOf(stripe().paymentIntents.create({ ...order, customer: customer.id })),
    ]);
    expect(refusals.map(({ statusCode, code, param }) => [statusCode, code, param])).toEqual([
      [400, undefined, 'payment_method'],
      [400, undefined, 'payment_method'],
      [400, 'resource_missing', 'customer'],
      [400, 'resource_missing', 'payment_method'],
      [400, 'resource_missing', 'customer'],
    ]);
    await client.paymentMethods.detach(saved.id);
    expect(await errorOf(client.paymentIntents.create({ ...offSession, customer: customer.id }))).toMatchObject({
      statusCode: 400,
      code: 'payment_method_unexpected_state',
    });
  });

  it('is refunded by its own id', async () => {
    const client = stripe();
    const paid = await client.paymentIntents.create({ ...order, ...card, confirm: true });
    const refund = await client.refunds.create({ payment_intent: paid.id, amount: 400 });
    expect(refund).toMatchObject({ status: 'succeeded', charge: paid.latest_charge, payment_intent: paid.id });
    const open = await client.paymentIntents.create(order);
    expect(await errorOf(client.refunds.create({ payment_intent: open.id }))).toMatchObject({ statusCode: 400 });
    const missing = { statusCode: 400, code: 'resource_missing', param: 'payment_intent' };
    expect(await errorOf(stripe().refunds.create({ payment_intent: paid.id }))).toMatchObject(missing);
  });

  it('pays in one request, once under one key', async () => {
    const client = stripe();
    const pay = () => client.paymentIntents.create({ ...order, ...card, confirm: true }, { idempotencyKey: 'pay' });
    const first = await pay();
    expect(first.status).toBe('succeeded');
    expect(await pay()).toEqual(first);
    expect((await client.paymentIntents.list()).data).toEqual([first]);
    expect(await errorOf(client.paymentIntents.confirm(first.id, card))).toMatchObject(unexpected);
    expect(await chargesOf(client, first.id)).toEqual(['succeeded']);
  });

  it('is told of a decline with the intent, and tries another card', async () => {
    const client = stripe();
    const { id } = await client.paymentIntents.create(order);
    const declined = await errorOf(
      client.paymentIntents.confirm(id, { ...card, payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' }),
    );
    expect(declined).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'insufficient_funds' });
    expect(declined.payment_intent).toMatchObject({
      id,
      status: 'requires_payment_method',
      payment_method: null,
      latest_charge: declined.charge,
      last_payment_error: { code: 'card_declined', charge: declined.charge, payment_method: { type: 'card' } },
    });
    expect(await errorOf(client.paymentIntents.confirm(id, { return_url: card.return_url }))).toMatchObject(unexpected);
    const again = await client.paymentIntents.confirm(id, card);
    expect(again).toMatchObject({ status: 'succeeded', last_payment_error: null });
    expect(await chargesOf(client, id)).toEqual(['succeeded', 'failed']);
  });

  it('captures a part of an authorization, later', async () => {
    const client = stripe();
    const held = await client.paymentIntents.create({ ...order, ...card, confirm: true, capture_method: 'manual' });
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 1000, amount_received: 0 });
    const charge = held.latest_charge as string;
    expect((await errorOf(client.charges.capture(charge))).message).toContain(`/v1/payment_intents/${held.id}/capture`);
    expect((await errorOf(client.refunds.create({ charge }))).message).toContain(
      `/v1/payment_intents/${held.id}/cancel`,
    );
    const tooMuch = await errorOf(client.paymentIntents.capture(held.id, { amount_to_capture: 1001 }));
    expect(tooMuch).toMatchObject({ code: 'amount_too_large', param: 'amount_to_capture' });
    const captured = await client.paymentIntents.capture(held.id, { amount_to_capture: 700 });
    expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 700 });
    expect(await errorOf(client.paymentIntents.capture(held.id))).toMatchObject(unexpected);
    expect(await errorOf(client.paymentIntents.cancel(held.id))).toMatchObject(unexpected);
    const [rest] = (await client.refunds.list({ charge })).data;
    expect(rest).toMatchObject({ amount: 300, payment_intent: held.id, payment_method: held.payment_method });
  });

  it('cancels an intent, with its authorization or without one', async () => {
    const client = stripe();
    const fresh = await client.paymentIntents.create(order);
    const canceled = await client.paymentIntents.cancel(fresh.id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
      canceled_at: expect.any(Number),
    });
    const held = await client.paymentIntents.create({ ...order, ...card, confirm: true, capture_method: 'manual' });
    expect(await client.paymentIntents.cancel(held.id)).toMatchObject({ status: 'canceled', amount_capturable: 0 });
    expect(await client.charges.retrieve(held.latest_charge as string)).toMatchObject({
      refunded: true,
      captured: false,
    });
    for (const { id } of [fresh, held]) {
      expect(await errorOf(client.paymentIntents.confirm(id, card))).toMatchObject(unexpected);
      expect(await errorOf(client.paymentIntents.cancel(id))).toMatchObject(unexpected);
      expect(await errorOf(client.paymentIntents.update(id, { amount: 2000 }))).toMatchObject(unexpected);
    }
  });

  it('asks the customer, who authenticates or does not', async () => {
    const client = stripe();
    const complete = (id: string, outcome: string) =>
      client.rawRequest('POST', `/v1/test_helpers/payment_intents/${id}/complete_authentication`, { outcome });
    const threeDSecure = { ...order, ...card, payment_method: 'pm_card_threeDSecure2Required', confirm: true };
    const asked = await client.paymentIntents.create(threeDSecure);
    expect(asked).toMatchObject({
      status: 'requires_action',
      latest_charge: null,
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: card.return_url } },
    });
    expect(asked.next_action?.redirect_to_url?.url).toContain(asked.client_secret);
    await complete(asked.id, 'failed');
    expect(await client.paymentIntents.retrieve(asked.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
    const again = { ...card, payment_method: threeDSecure.payment_method };
    expect(await client.paymentIntents.confirm(asked.id, again)).toMatchObject({ status: 'requires_action' });
    await complete(asked.id, 'succeeded');
    expect(await client.paymentIntents.retrieve(asked.id)).toMatchObject({
      status: 'succeeded',
      amount_received: 1000,
    });
    expect(await errorOf(complete(asked.id, 'succeeded'))).toMatchObject(unexpected);
  });

  it('leads a customer without an API key through a page, and back to the shop', async () => {
    const client = stripe();
    const threeDSecure = { ...order, ...card, payment_method: 'pm_card_threeDSecureRequired', confirm: true };
    const { id, next_action: action, client_secret: secret } = await client.paymentIntents.create(threeDSecure);
    const url = action!.redirect_to_url!.url!;
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain(`value="${secret}"`);
    const choose = (at: string, body: Record<string, string>) =>
      fetch(at, { method: 'POST', redirect: 'manual', body: new URLSearchParams(body) });
    const [path] = url.split('?') as [string];
    expect((await choose(path, { client_secret: `${secret}x`, outcome: 'succeeded' })).status).toBe(404);
    const chosen = await choose(path, { client_secret: secret!, outcome: 'succeeded' });
    expect(chosen.status).toBe(303);
    expect(Object.fromEntries(new URL(chosen.headers.get('location')!).searchParams)).toEqual({
      payment_intent: id,
      payment_intent_client_secret: secret,
      redirect_status: 'succeeded',
    });
    expect(await client.paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded' });
  });

  it('declines a card off session whose holder would have to be asked, and one that its bank declines afterwards', async () => {
    const client = stripe();
    const offSession = await errorOf(
      client.paymentIntents.create({
        ...order,
        ...card,
        payment_method: 'pm_card_authenticationRequired',
        confirm: true,
        off_session: true,
      }),
    );
    expect(offSession).toMatchObject({ statusCode: 402, code: 'authentication_required' });
    expect(offSession.payment_intent).toMatchObject({ status: 'requires_payment_method' });
    const noAction = await errorOf(
      client.paymentIntents.create({
        ...order,
        ...card,
        payment_method: 'pm_card_authenticationRequired',
        confirm: true,
        error_on_requires_action: true,
      }),
    );
    expect(noAction).toMatchObject({ statusCode: 402, code: 'authentication_required' });
    const { id, status } = await client.paymentIntents.create({
      ...order,
      ...card,
      payment_method: 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
      confirm: true,
    });
    expect(status).toBe('requires_action');
    const outcome = { outcome: 'succeeded' };
    const path = `/v1/test_helpers/payment_intents/${id}/complete_authentication`;
    expect(await errorOf(client.rawRequest('POST', path, outcome))).toMatchObject({
      statusCode: 402,
      decline_code: 'insufficient_funds',
    });
  });

  it('finds an event for every state that its intents came to', async () => {
    const client = stripe();
    const events = async () => {
      const { data } = await client.events.list({ type: 'payment_intent.*' });
      return data
        .map(({ type, data: { object } }) => [type.slice(15), (object as Stripe.PaymentIntent).status])
        .reverse();
    };
    const held = await client.paymentIntents.create({ ...order, ...card, confirm: true, capture_method: 'manual' });
    await client.paymentIntents.capture(held.id);
    const { id } = await client.paymentIntents.create(order);
    await errorOf(client.paymentIntents.confirm(id, { ...card, payment_method: 'pm_card_visa_chargeDeclined' }));
    await client.paymentIntents.confirm(id, { ...card, payment_method: 'pm_card_threeDSecureRequired' });
    await client.paymentIntents.cancel(id);
    expect(await events()).toEqual([
      ['created', 'requires_confirmation'],
      ['amount_capturable_updated', 'requires_capture'],
      ['succeeded', 'succeeded'],
      ['created', 'requires_payment_method'],
      ['payment_failed', 'requires_payment_method'],
      ['requires_action', 'requires_action'],
      ['canceled', 'canceled'],
    ]);
  });

  it('sees nothing of another account, and pages through its own', async () => {
    const [mine, theirs] = [stripe(), stripe()];
    const { id } = await mine.paymentIntents.create(order);
    const missing = { statusCode: 404, code: 'resource_missing', param: 'intent' };
    for (const ask of [
      theirs.paymentIntents.retrieve(id),
      theirs.paymentIntents.update(id, { amount: 2000 }),
      theirs.paymentIntents.confirm(id, card),
      theirs.paymentIntents.capture(id),
      theirs.paymentIntents.cancel(id),
    ])
      expect(await errorOf(ask)).toMatchObject(missing);
    expect((await theirs.paymentIntents.list()).data).toEqual([]);
    const second = await mine.paymentIntents.create(order);
    const all: string[] = [];
    for await (const each of mine.paymentIntents.list({ limit: 1 })) all.push(each.id);
    expect(all).toEqual([second.id, id]);
  });
});

describe('confirmations at once', () => {
  it('open one charge, whatever their keys', async () => {
    const client = stripe();
    const { id } = await client.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' });
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => client.paymentIntents.confirm(id, { return_url: card.return_url })),
    );
    const codes = tries.map((each) =>
      each.status === 'fulfilled' ? 'succeeded' : (each.reason as { code: string }).code,
    );
    expect(codes.filter((code) => code === 'succeeded')).toHaveLength(1);
    const expected = ['succeeded', 'lock_timeout', 'payment_intent_unexpected_state'];
    expect(codes.filter((code) => !expected.includes(code))).toEqual([]);
    expect(await chargesOf(client, id)).toEqual(['succeeded']);
  });
});
