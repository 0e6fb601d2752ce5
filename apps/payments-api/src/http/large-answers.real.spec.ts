import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Metrics } from '#telemetry';
import { eventually } from '#testing';
import type { Stripe } from 'stripe';
import { PAGE_BYTES_MAX } from '../lists/list-pages.js';
import { officialStripe } from '../testing/official-stripe.js';
import { RawConnection } from '../testing/raw-connection.js';
import { RunningApi } from '../testing/running-api.js';
import { UNREAD_BYTES_MAX } from './unread-answers.js';

const CHARGES = 7;
/** As long as Stripe lets them be, of characters that JSON writes with six. */
const control = (length: number): string => '\u0001'.repeat(length);
const large: Stripe.ChargeCreateParams = {
  amount: 1000,
  currency: 'usd',
  source: 'tok_visa',
  description: control(40_000),
  metadata: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key ${n}`, control(500)])),
};

let api: RunningApi;
let stripe: Stripe;
let ids: string[];
beforeAll(async () => {
  api = await RunningApi.start(`large_${process.pid}`);
  api.playLaterServices();
  stripe = officialStripe(api, { key: 'sk_test_large' });
  ids = [];
  for (let n = 0; n < CHARGES; n++) ids.unshift((await stripe.charges.create(large)).id);
}, 60_000);
afterAll(() => api.close());

const metric = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await api.app.get(Metrics).text())?.[1]);

describe('a charge', () => {
  it('has a bounded size, with everything in it as long as it may be', async () => {
    const text = control(5_000);
    const address = { city: text, country: text, line1: text, line2: text, postal_code: text, state: text };
    const card = {
      object: 'card',
      number: '4242424242424242',
      exp_month: '12',
      exp_year: '2040',
      name: text,
      address_city: text,
      address_country: text,
      address_line1: text,
      address_line2: text,
      address_zip: text,
      address_state: text,
    };
    const source = card as unknown as string;
    const bounded = officialStripe(api, { key: 'sk_test_bounded' });
    const { id } = await bounded.charges.create({
      amount: 1000,
      currency: 'usd',
      source,
      description: large.description!,
    });
    const charge = await bounded.charges.update(id, {
      metadata: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${control(38)}${n + 10}`, control(500)])),
      shipping: { address, name: text, carrier: text, phone: text, tracking_number: text },
    });
    const bytes = JSON.stringify(charge).length;
    expect(bytes).toBeGreaterThan(1_000_000);
    expect(bytes).toBeLessThan(1_200_000);
  });
});

describe('a list of large objects', () => {
  it.each([{}, { expand: ['data.refunds'] }])(
    'comes in pages of a bounded size, and cursors go through all of it: %j',
    async (more) => {
      const page = await stripe.charges.list({ limit: 100, ...more });
      expect([page.data.length < CHARGES, page.has_more]).toEqual([true, true]);
      expect(JSON.stringify(page).length).toBeLessThan(PAGE_BYTES_MAX * 1.1);
      const all = await stripe.charges.list({ limit: 100, ...more }).autoPagingToArray({ limit: 1_000 });
      expect(all.map(({ id }) => id)).toEqual(ids);
    },
  );

  it('comes in such pages backwards too, and of balance transactions', async () => {
    const back = await stripe.charges.list({ limit: 100, ending_before: ids.at(-1)! });
    expect([back.has_more, back.data.map(({ id }) => id)]).toEqual([true, ids.slice(-1 - back.data.length, -1)]);
    const expand = ['data.source'];
    const transactions = await stripe.balanceTransactions.list({ limit: 100, expand });
    expect(transactions.has_more).toBe(true);
    const all = await stripe.balanceTransactions.list({ limit: 100, expand }).autoPagingToArray({ limit: 1_000 });
    expect(all.map(({ source }) => (source as Stripe.Charge).id)).toEqual(ids);
  });
});

describe('clients that do not read', () => {
  it('hold a bounded amount of memory, and do not keep a quiet account from its answers', async () => {
    const idle = Array.from({ length: 6 }, () => new RawConnection(api.url));
    const request =
      'GET /v1/charges?limit=100 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer sk_test_large\r\n\r\n';
    for (const { socket } of idle) {
      socket.pause();
      // Pipelined, for many more pages than the kernel's own buffers take.
      socket.write(request.repeat(16));
    }
    await eventually('the first are dropped', async () => (await metric('api_unread_answers_dropped_total')) > 0, {
      timeoutMs: 40_000,
    });
    const quiet = officialStripe(api, { key: 'sk_test_quiet' });
    expect(await quiet.charges.create({ ...large, description: 'small', metadata: {} })).toMatchObject({ paid: true });
    expect((await quiet.charges.list()).data).toHaveLength(1);
    expect(await metric('api_unread_answers_bytes')).toBeLessThanOrEqual(UNREAD_BYTES_MAX);
    for (const { socket } of idle) socket.destroy();
    await eventually('nothing is held', async () => (await metric('api_unread_answers_bytes')) === 0);
  });
});
