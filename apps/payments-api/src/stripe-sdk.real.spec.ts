import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stripe } from 'stripe';
import { errorOf, officialStripe } from './testing/official-stripe.js';
import { RunningApi } from './testing/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start(`sdk_${process.pid}`);
  api.playLaterServices();
}, 60_000);
afterAll(() => api.close());

const stripe = (options?: Parameters<typeof officialStripe>[1]): Stripe => officialStripe(api, options);
const order = { amount: 1000, currency: 'usd', source: 'tok_visa' };

describe('the official package', () => {
  it('charges a card', async () => {
    const charge = await stripe().charges.create({ ...order, description: 'Order 1', metadata: { order: '1' } });
    expect(charge).toMatchObject({
      object: 'charge',
      amount: 1000,
      amount_captured: 1000,
      status: 'succeeded',
      paid: true,
      captured: true,
      description: 'Order 1',
      metadata: { order: '1' },
      livemode: false,
    });
    expect(charge.id).toMatch(/^ch_[0-9A-Za-z]{11}$/);
    expect(charge.lastResponse.requestId).toMatch(/^req_/);
    expect(charge.lastResponse.apiVersion).toBe(Stripe.API_VERSION);
  });

  it('charges a card that is spelled out', async () => {
    const source = { object: 'card', number: '5555 5555 5555 4444', exp_month: 12, exp_year: 2040, cvc: '123' };
    const charge = await stripe().charges.create({ ...order, source } as unknown as Stripe.ChargeCreateParams);
    expect(charge.payment_method_details?.card).toMatchObject({ brand: 'mastercard', last4: '4444', exp_year: 2040 });
  });

  it('expands the balance transaction', async () => {
    const client = stripe();
    const created = await client.charges.create({ ...order, expand: ['balance_transaction'] });
    expect(created.balance_transaction).toMatchObject({ object: 'balance_transaction', fee: 59, net: 941 });
    const plain = await client.charges.retrieve(created.id);
    expect(plain.balance_transaction).toBe((created.balance_transaction as Stripe.BalanceTransaction).id);
    const expanded = await client.charges.retrieve(created.id, { expand: ['balance_transaction'] });
    expect(expanded.balance_transaction).toEqual(created.balance_transaction);
  });

  it('gets a CardError for a decline, and finds the charge', async () => {
    const client = stripe();
    const error = await errorOf(
      client.charges.create({ ...order, source: 'tok_visa_chargeDeclinedInsufficientFunds' }),
    );
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      message: 'Your card has insufficient funds.',
    });
    const charge = await client.charges.retrieve(error.charge!);
    expect(charge).toMatchObject({ status: 'failed', paid: false, failure_code: 'card_declined' });
  });

  it('gets a CardError for a number that is no test card', async () => {
    const source = { object: 'card', number: '4111111111111111', exp_month: 12, exp_year: 2040 };
    const error = await errorOf(stripe().charges.create({ ...order, source } as unknown as Stripe.ChargeCreateParams));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ code: 'card_declined', decline_code: 'test_mode_live_card' });
  });

  it('can aim a fault at one charge', async () => {
    const error = await errorOf(stripe().charges.create({ ...order, source: 'tok_fault_ledger_refuse' }));
    expect(error).toMatchObject({ statusCode: 402, code: 'processing_error' });
    const unknown = await errorOf(stripe().charges.create({ ...order, source: 'tok_fault_capture_explode' }));
    expect(unknown).toMatchObject({ statusCode: 400, param: 'source' });
    expect(unknown.message).toContain('drop_after');
  });

  it('gets an InvalidRequestError that names the parameter', async () => {
    const client = stripe();
    const tooSmall = await errorOf(client.charges.create({ ...order, amount: 1 }));
    expect(tooSmall).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(tooSmall).toMatchObject({ code: 'amount_too_small', param: 'amount', statusCode: 400 });
    const missing = await errorOf(client.charges.retrieve('ch_nope'));
    expect(missing).toMatchObject({ code: 'resource_missing', param: 'id', statusCode: 404 });
  });

  it('gets an AuthenticationError without a key of ours', async () => {
    const error = await errorOf(stripe({ key: 'sk_live_0123456789abcdef' }).charges.list());
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  });

  it('gets an error, not an empty success, where nothing is offered', async () => {
    const error = await errorOf(stripe().topups.list());
    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(error).toMatchObject({ statusCode: 404, message: expect.stringContaining('GET /v1/topups is a route') });
  });

  it('replays an answer under its key, and refuses other parameters', async () => {
    const client = stripe();
    const idempotencyKey = 'order-1';
    const first = await client.charges.create(order, { idempotencyKey });
    const second = await client.charges.create(order, { idempotencyKey });
    expect(second).toEqual(first);
    expect(second.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
      'idempotency-key': idempotencyKey,
    });
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    const other = await errorOf(client.charges.create({ ...order, amount: 2000 }, { idempotencyKey }));
    expect(other).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    const elsewhere = await errorOf(client.charges.update(first.id, { description: 'x' }, { idempotencyKey }));
    expect(elsewhere).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(elsewhere.message).toContain(`/v1/charges/${first.id}`);
  });

  it('replays a decline', async () => {
    const client = stripe();
    const declined = { ...order, source: 'tok_chargeDeclined' };
    const first = await errorOf(client.charges.create(declined, { idempotencyKey: 'k' }));
    const second = await errorOf(client.charges.create(declined, { idempotencyKey: 'k' }));
    expect([second.charge, second.message]).toEqual([first.charge, first.message]);
    expect((await client.charges.list()).data).toHaveLength(1);
  });

  it('updates what money does not hang on', async () => {
    const client = stripe();
    const { id } = await client.charges.create({ ...order, metadata: { a: '1', b: '2' } });
    const updated = await client.charges.update(id, {
      description: 'later',
      metadata: { b: '', c: '3' },
      fraud_details: { user_report: 'safe' },
      shipping: { name: 'Ada', address: { line1: '1 Main St' } },
    });
    expect(updated).toMatchObject({ description: 'later', fraud_details: { user_report: 'safe' } });
    expect(updated.metadata).toEqual({ a: '1', c: '3' });
    expect(updated.shipping).toMatchObject({ name: 'Ada', address: { line1: '1 Main St', city: null } });
    expect(await client.charges.retrieve(id)).toEqual(updated);
    expect((await client.charges.update(id, { metadata: '' })).metadata).toEqual({});
    const replay = await client.charges.update(id, { description: 'once' }, { idempotencyKey: 'u' });
    await client.charges.update(id, { description: 'twice' });
    expect(await client.charges.update(id, { description: 'once' }, { idempotencyKey: 'u' })).toEqual(replay);
    expect((await client.charges.retrieve(id)).description).toBe('twice');
  });

  it('keeps metadata under numbers and other odd keys', async () => {
    const client = stripe();
    const odd = JSON.parse('{"__proto__":"p","constructor":"c","toString":"t","ü b":"u"}') as Record<string, string>;
    const metadata = { 1: 'a', 2: 'b', ...odd, ['__proto__']: 'p' };
    const { id } = await client.charges.create({ ...order, metadata });
    const expected = new Map(Object.entries(metadata));
    expect(new Map(Object.entries((await client.charges.retrieve(id)).metadata))).toEqual(expected);
    const updated = await client.charges.update(id, { metadata: { 0: 'z', 2: '' } });
    expect(updated.metadata).toMatchObject({ 0: 'z', 1: 'a' });
    expect(updated.metadata).not.toHaveProperty('2');
    const refund = await client.refunds.create({ charge: id, amount: 100, metadata: { 0: 'a', 1: 'b' } });
    expect(refund.metadata).toEqual({ 0: 'a', 1: 'b' });
  });

  it('pages through its charges both ways', async () => {
    const client = stripe();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await client.charges.create({ ...order, amount: 1000 + n })).id);
    const [newest, second, middle, fourth, oldest] = ids as [string, string, string, string, string];
    const page = async (params: Stripe.ChargeListParams) => {
      const { data, has_more } = await client.charges.list(params);
      return [...data.map(({ id }) => id), has_more];
    };
    expect(await page({ limit: 2 })).toEqual([newest, second, true]);
    expect(await page({ limit: 2, starting_after: second })).toEqual([middle, fourth, true]);
    expect(await page({ limit: 2, starting_after: fourth })).toEqual([oldest, false]);
    expect(await page({ limit: 2, ending_before: fourth })).toEqual([second, middle, true]);
    expect(await page({ limit: 10, ending_before: middle })).toEqual([newest, second, false]);
    const all: string[] = [];
    for await (const { id } of client.charges.list({ limit: 2 })) all.push(id);
    expect(all).toEqual(ids);
    const reversed: string[] = [];
    for await (const { id } of client.charges.list({ limit: 2, ending_before: oldest })) reversed.push(id);
    expect(reversed).toEqual([fourth, middle, second, newest]);
    expect(await errorOf(client.charges.list({ starting_after: 'ch_nope' }))).toMatchObject({
      statusCode: 400,
      param: 'starting_after',
      code: 'resource_missing',
    });
    const { created } = await client.charges.retrieve(oldest);
    expect((await client.charges.list({ created: { gte: created } })).data).toHaveLength(5);
    expect((await client.charges.list({ created: { lt: created } })).data).toHaveLength(0);
    expect((await client.charges.list({ limit: 1, expand: ['data.balance_transaction'] })).data[0]).toMatchObject({
      balance_transaction: { object: 'balance_transaction' },
    });
  });

  it('sees nothing of another account', async () => {
    const [mine, theirs] = [stripe(), stripe()];
    const { id } = await mine.charges.create(order, { idempotencyKey: 'shared' });
    expect(await errorOf(theirs.charges.retrieve(id))).toMatchObject({ statusCode: 404 });
    expect(await errorOf(theirs.charges.update(id, { description: 'x' }))).toMatchObject({ statusCode: 404 });
    expect(await errorOf(theirs.charges.list({ starting_after: id }))).toMatchObject({ statusCode: 400 });
    expect((await theirs.charges.list()).data).toEqual([]);
    const other = await theirs.charges.create(order, { idempotencyKey: 'shared' });
    expect(other.id).not.toBe(id);
    const connected = await errorOf(mine.charges.list({}, { stripeAccount: 'acct_other' }));
    expect(connected).toBeInstanceOf(Stripe.errors.StripePermissionError);
  });
});
