import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stripe } from 'stripe';
import { errorOf, officialStripe } from '../testing/official-stripe.js';
import { RunningApi } from '../testing/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start(`customers_${process.pid}`);
  api.playLaterServices();
}, 60_000);
afterAll(() => api.close());

const stripe = (): Stripe => officialStripe(api);
const spelledOut = { number: '4000056655665556', exp_month: 12, exp_year: 2040, cvc: '123' };

describe('payment methods', () => {
  it('are made of a test card, attached, listed, changed and detached', async () => {
    const client = stripe();
    const customer = await client.customers.create({ email: 'amy@example.com' });
    const made = await client.paymentMethods.create({
      type: 'card',
      card: spelledOut,
      billing_details: { name: 'Amy', address: { postal_code: '10115' } },
      metadata: { order: '1' },
    });
    expect(made).toMatchObject({
      object: 'payment_method',
      type: 'card',
      customer: null,
      card: { brand: 'visa', last4: '5556', funding: 'debit', exp_year: 2040, checks: { cvc_check: 'pass' } },
      billing_details: { name: 'Amy', email: null, address: { postal_code: '10115', city: null } },
    });
    expect(made.card!.checks!.address_postal_code_check).toBe('pass');
    expect(await errorOf(client.paymentMethods.update(made.id, { metadata: {} }))).toMatchObject({ statusCode: 400 });
    const attached = await client.paymentMethods.attach(made.id, { customer: customer.id, expand: ['customer'] });
    expect(attached.customer).toMatchObject({ id: customer.id, email: 'amy@example.com' });
    const test = await client.paymentMethods.attach('pm_card_mastercard', { customer: customer.id });
    expect(test).toMatchObject({ customer: customer.id, card: { brand: 'mastercard', last4: '4444' } });
    expect(test.id).toMatch(/^pm_[0-9A-Za-z]{11}$/);
    const listed = await client.paymentMethods.list({ customer: customer.id, type: 'card' });
    expect(listed.data.map(({ id }) => id)).toEqual([test.id, made.id]);
    expect((await client.customers.listPaymentMethods(customer.id, { limit: 1 })).data).toEqual([test]);
    expect(await client.customers.retrievePaymentMethod(customer.id, made.id)).toMatchObject({ id: made.id });
    const changed = await client.paymentMethods.update(made.id, {
      billing_details: { email: 'amy@example.com', address: '' },
      card: { exp_month: 1, exp_year: 2041 },
      metadata: { order: '', note: 'x' },
    });
    expect(changed).toMatchObject({
      billing_details: { name: 'Amy', email: 'amy@example.com', address: { postal_code: null } },
      card: { exp_month: 1, exp_year: 2041 },
    });
    expect(changed.metadata).toEqual({ note: 'x' });
    expect(await client.paymentMethods.retrieve(made.id)).toEqual(changed);
    expect(await client.paymentMethods.detach(made.id)).toMatchObject({ id: made.id, customer: null });
    expect((await client.paymentMethods.list({ customer: customer.id })).data).toHaveLength(1);
    expect(await errorOf(client.paymentMethods.detach(made.id))).toMatchObject({
      statusCode: 400,
      message: 'The payment method you provided is not attached to a customer so detachment is impossible.',
    });
    expect(await errorOf(client.paymentMethods.attach(made.id, { customer: customer.id }))).toMatchObject({
      statusCode: 400,
      code: 'payment_method_unexpected_state',
    });
  });

  it('of cards that are declined cannot be attached; those that fail later can', async () => {
    const client = stripe();
    const { id: customer } = await client.customers.create();
    expect(
      await errorOf(client.paymentMethods.attach('pm_card_visa_chargeDeclined', { customer }, { idempotencyKey: 'a' })),
    ).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'generic_decline' });
    const again = client.paymentMethods.attach('pm_card_visa_chargeDeclined', { customer }, { idempotencyKey: 'a' });
    expect((await errorOf(again)).headers!['idempotent-replayed']).toBe('true');
    expect(await client.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })).toMatchObject({ customer });
    const incorrect = client.paymentMethods.create({
      type: 'card',
      card: { ...spelledOut, number: '4242424242424241' },
    });
    expect(await errorOf(incorrect)).toMatchObject({ statusCode: 402, code: 'incorrect_number' });
  });

  it('and customers of another account do not exist', async () => {
    const [mine, theirs] = [stripe(), stripe()];
    const { id: customer } = await mine.customers.create({ payment_method: 'pm_card_visa' });
    const { id: other } = await theirs.customers.create();
    const [method] = (await mine.paymentMethods.list({ customer })).data as [Stripe.PaymentMethod];
    const attempts = [
      theirs.customers.retrieve(customer),
      theirs.customers.update(customer, { name: 'x' }),
      theirs.customers.del(customer),
      theirs.customers.listPaymentMethods(customer),
      theirs.customers.createSource(customer, { source: 'tok_visa' }),
      theirs.customers.listSources(customer),
      theirs.customers.retrievePaymentMethod(other, method.id),
      theirs.paymentMethods.retrieve(method.id),
      theirs.paymentMethods.update(method.id, { metadata: { a: 'b' } }),
      theirs.paymentMethods.attach(method.id, { customer: other }),
      theirs.paymentMethods.detach(method.id),
      theirs.paymentMethods.list({ customer }),
      theirs.paymentMethods.list({ starting_after: method.id }),
      theirs.customers.list({ starting_after: customer }),
      theirs.customers.update(other, { invoice_settings: { default_payment_method: method.id } }),
      theirs.customers.create({ payment_method: method.id }),
    ];
    const codes = await Promise.all(attempts.map(async (attempt) => (await errorOf(attempt)).code));
    expect(codes).toEqual(attempts.map(() => 'resource_missing'));
    expect((await theirs.customers.list()).data.map(({ id }) => id)).toEqual([other]);
    expect(await mine.paymentMethods.retrieve(method.id)).toEqual(method);
  });
});

describe('customers', () => {
  it('are created with all that people write, changed, listed and deleted', async () => {
    const client = stripe();
    const created = await client.customers.create({
      address: { line1: '1 Main St', country: 'DE' },
      description: 'first',
      email: 'amy@example.com',
      invoice_settings: { default_payment_method: 'pm_card_visa', footer: 'thanks' },
      metadata: { plan: 'gold' },
      name: 'Amy',
      payment_method: 'pm_card_visa',
      phone: '+49 30 1',
      preferred_locales: ['de', 'en'],
      shipping: { name: 'Amy', address: { city: 'Berlin' } },
      expand: ['invoice_settings.default_payment_method', 'subscriptions'],
    });
    expect(created).toMatchObject({
      object: 'customer',
      address: { line1: '1 Main St', country: 'DE', city: null },
      balance: 0,
      default_source: null,
      email: 'amy@example.com',
      invoice_settings: { default_payment_method: { object: 'payment_method', customer: created.id } },
      metadata: { plan: 'gold' },
      preferred_locales: ['de', 'en'],
      shipping: { name: 'Amy', phone: null },
      subscriptions: { object: 'list', data: [] },
      tax_exempt: 'none',
    });
    const updated = await client.customers.update(created.id, {
      description: '',
      email: 'amy@example.org',
      metadata: { plan: '', size: 'L' },
      name: 'Amy A.',
    });
    expect(updated).toMatchObject({ description: null, email: 'amy@example.org', name: 'Amy A.', phone: '+49 30 1' });
    expect(updated.metadata).toEqual({ size: 'L' });
    const others = [await client.customers.create({ email: 'bob@example.com' }), await client.customers.create()];
    expect((await client.customers.list({ email: 'bob@example.com' })).data).toEqual([others[0]]);
    const all: string[] = [];
    for await (const { id } of client.customers.list({ limit: 1 })) all.push(id);
    expect(all).toEqual([others[1]!.id, others[0]!.id, created.id]);
    expect(await client.customers.del(created.id)).toEqual(expect.objectContaining({ deleted: true, id: created.id }));
    expect(await client.customers.retrieve(created.id)).toMatchObject({ deleted: true, object: 'customer' });
    expect(await errorOf(client.customers.update(created.id, { name: 'x' }))).toMatchObject({ statusCode: 404 });
    expect(await errorOf(client.customers.del(created.id))).toMatchObject({ code: 'resource_missing' });
    expect((await client.customers.list()).data).toHaveLength(2);
  });

  it('have cards as sources, one of them the default', async () => {
    const client = stripe();
    const { id, default_source: first } = await client.customers.create({ source: 'tok_visa' });
    expect(first).toMatch(/^card_/);
    const second = await client.customers.createSource(id, { source: 'tok_mastercard', metadata: { a: 'b' } });
    expect(second).toMatchObject({ object: 'card', brand: 'MasterCard', customer: id, metadata: { a: 'b' } });
    expect(await client.customers.retrieve(id, { expand: ['default_source', 'sources'] })).toMatchObject({
      default_source: { id: first, object: 'card' },
      sources: { object: 'list', data: [{ id: second.id }, { id: first }] },
    });
    expect(await client.customers.update(id, { default_source: second.id })).toMatchObject({
      default_source: second.id,
    });
    const changed = await client.customers.updateSource(id, second.id, { name: 'Amy', address_zip: '10115' });
    expect(changed).toMatchObject({ name: 'Amy', address_zip: '10115', address_city: null });
    expect((await client.customers.listSources(id, { object: 'card', limit: 1 })).data).toEqual([changed]);
    expect(await client.customers.deleteSource(id, second.id)).toMatchObject({ deleted: true });
    expect(await client.customers.retrieve(id)).toMatchObject({ default_source: first });
    expect(await errorOf(client.customers.retrieveSource(id, second.id))).toMatchObject({ statusCode: 404 });
    const replaced = await client.customers.update(id, { source: 'tok_amex' });
    expect(replaced.default_source).not.toBe(first);
    expect((await client.customers.listSources(id)).data.map((source) => source.id)).toEqual([replaced.default_source]);
    const declined = await errorOf(client.customers.create({ source: 'tok_chargeDeclinedExpiredCard' }));
    expect(declined).toMatchObject({ statusCode: 402, code: 'expired_card', param: 'exp_month' });
    expect((await client.customers.list()).data).toHaveLength(1);
  });

  it('are searched, page by page', async () => {
    const client = stripe();
    const made: string[] = [];
    for (const n of [1, 2, 3]) {
      made.unshift(
        (await client.customers.create({ email: `amy${n}@example.com`, metadata: { odd: String(n % 2) } })).id,
      );
    }
    await client.customers.create({ email: 'bob@example.com' });
    const search = (query: string) => client.customers.search({ query });
    expect((await search("email:'AMY1@example.com'")).data.map(({ id }) => id)).toEqual([made[2]]);
    expect((await search("email~'amy' AND metadata['odd']:'1'")).data.map(({ id }) => id)).toEqual([made[0], made[2]]);
    const page = await client.customers.search({ query: "email~'amy'", limit: 2 });
    expect(page).toMatchObject({ object: 'search_result', has_more: true, url: '/v1/customers/search' });
    const next = await client.customers.search({ query: "email~'amy'", limit: 2, page: page.next_page! });
    expect(next).toMatchObject({ has_more: false, next_page: null, data: [{ id: made[2] }] });
    const all: string[] = [];
    for await (const { id } of client.customers.search({ query: "-email:'bob@example.com'", limit: 1 })) all.push(id);
    expect(all).toEqual(made);
    expect(await errorOf(search('colour:"red"'))).toMatchObject({ statusCode: 400, param: 'query' });
    const nowhere = client.customers.search({ query: 'created>0', page: 'nowhere' });
    expect(await errorOf(nowhere)).toMatchObject({ statusCode: 400, param: 'page' });
  });

  it('can belong to the account’s test clock, and are then listed with it alone', async () => {
    const client = stripe();
    const clock = await client.testHelpers.testClocks.create({ frozen_time: 2_000_000_000 });
    const customer = await client.customers.create({ test_clock: clock.id });
    expect(customer).toMatchObject({ test_clock: clock.id, created: 2_000_000_000 });
    expect((await client.customers.list()).data).toEqual([]);
    expect((await client.customers.list({ test_clock: clock.id })).data).toEqual([customer]);
    const unknown = client.customers.create({ test_clock: 'clock_unknown' });
    expect(await errorOf(unknown)).toMatchObject({ statusCode: 400, param: 'test_clock' });
  });
});

describe('tokens', () => {
  it('of a card are used once', async () => {
    const client = stripe();
    const token = await client.tokens.create({
      card: { ...spelledOut, exp_month: '12', exp_year: '2040', name: 'Amy' },
    });
    expect(token).toMatchObject({ object: 'token', type: 'card', used: false, card: { last4: '5556', name: 'Amy' } });
    const { id: customer } = await client.customers.create();
    const uses = [1, 2, 3].map(() => client.customers.createSource(customer, { source: token.id }));
    const outcomes = await Promise.allSettled(uses);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await client.tokens.retrieve(token.id)).toMatchObject({ used: true });
    const again = client.paymentMethods.create({ type: 'card', card: { token: token.id } });
    expect(await errorOf(again)).toMatchObject({
      statusCode: 400,
      code: 'token_already_used',
      message: `You cannot use a Stripe token more than once: ${token.id}.`,
    });
    const other = await client.tokens.create({ card: { ...spelledOut, exp_month: '12', exp_year: '2040' } });
    const foreign = stripe().customers.create({ source: other.id });
    expect(await errorOf(foreign)).toMatchObject({ code: 'resource_missing', message: `No such token: '${other.id}'` });
    const made = await client.paymentMethods.create({ type: 'card', card: { token: other.id } });
    expect(made).toMatchObject({ card: { last4: '5556' } });
  });
});
