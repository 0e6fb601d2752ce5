import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, notEmpty } from '#testing';
import type { Stripe } from 'stripe';
import { errorOf, officialStripe } from '../testing/official-stripe.js';
import { POSTED_AT_MS, RunningApi } from '../testing/running-api.js';
import { AccountClocks } from './account-clocks.js';

const name = `clocks_${process.pid}`;
let api: RunningApi;
let other: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start(name, { INSTANCE_ID: 'one' });
  other = await RunningApi.start(name, { INSTANCE_ID: 'two' });
  api.playLaterServices();
}, 60_000);
afterAll(async () => {
  await Promise.all([api.close(), other.close()]);
});

const stripe = (): Stripe => officialStripe(api);
const hold = { amount: 1000, currency: 'usd', source: 'tok_visa', capture: false };
const DAY = 86_400;
const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

describe('a test clock', () => {
  it('is made, found, advanced and deleted by the official package', async () => {
    const client = stripe();
    const start = nowSeconds() + 100 * DAY;
    const clock = await client.testHelpers.testClocks.create({ frozen_time: start, name: 'next quarter' });
    expect(clock).toMatchObject({
      object: 'test_helpers.test_clock',
      frozen_time: start,
      name: 'next quarter',
      status: 'ready',
      livemode: false,
    });
    expect(clock.id).toMatch(/^clock_/);
    expect(clock.deletes_after).toBeGreaterThan(nowSeconds() + 29 * DAY);
    expect(await client.testHelpers.testClocks.retrieve(clock.id)).toEqual(clock);
    expect((await client.testHelpers.testClocks.list()).data).toEqual([clock]);
    const advanced = await client.testHelpers.testClocks.advance(clock.id, { frozen_time: start + DAY });
    expect(advanced).toEqual({ ...clock, frozen_time: start + DAY });
    expect(await client.testHelpers.testClocks.del(clock.id)).toMatchObject({ id: clock.id, deleted: true });
    expect(await errorOf(client.testHelpers.testClocks.retrieve(clock.id))).toMatchObject({ statusCode: 404 });
    expect((await client.testHelpers.testClocks.list()).data).toEqual([]);
  });

  it('is the time of its account only', async () => {
    const client = stripe();
    const start = nowSeconds() + 100 * DAY;
    const clock = await client.testHelpers.testClocks.create({ frozen_time: start });
    const { created } = await client.charges.create(hold);
    expect([created >= start, created < start + 60]).toEqual([true, true]);
    expect((await stripe().charges.create(hold)).created).toBeLessThan(start);
    expect(await errorOf(stripe().testHelpers.testClocks.advance(clock.id, { frozen_time: start + 1 }))).toMatchObject({
      statusCode: 404,
    });
    await client.testHelpers.testClocks.del(clock.id);
    expect((await client.charges.create(hold)).created).toBeLessThan(start);
  });

  it('is one per account, and never goes back', async () => {
    const client = stripe();
    const start = nowSeconds();
    const clock = await client.testHelpers.testClocks.create({ frozen_time: start });
    expect(await errorOf(client.testHelpers.testClocks.create({ frozen_time: start }))).toMatchObject({
      statusCode: 400,
    });
    expect(await errorOf(client.testHelpers.testClocks.advance(clock.id, { frozen_time: start }))).toMatchObject({
      statusCode: 400,
      param: 'frozen_time',
    });
  });

  it('is one, however many are created at once, and each acknowledged one exists', async () => {
    for (let round = 0; round < 10; round++) {
      const client = stripe();
      const made = await Promise.allSettled(
        Array.from({ length: 4 }, (_, n) =>
          client.testHelpers.testClocks.create({ frozen_time: nowSeconds() + n * DAY }),
        ),
      );
      const told = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect((await client.testHelpers.testClocks.list()).data).toEqual(told);
      for (const one of notEmpty(made))
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ statusCode: 400 });
    }
  }, 30_000);

  it('is moved once under one key', async () => {
    const client = stripe();
    const start = nowSeconds();
    const first = await client.testHelpers.testClocks.create({ frozen_time: start }, { idempotencyKey: 'clock' });
    const again = await client.testHelpers.testClocks.create({ frozen_time: start }, { idempotencyKey: 'clock' });
    expect(again).toEqual(first);
  });

  it('is heard of by the other instance within a second, and by one that starts later', async () => {
    const client = stripe();
    const start = nowSeconds() + 100 * DAY;
    const { id } = await client.testHelpers.testClocks.create({ frozen_time: start });
    const [row] = await api.database.query(
      { name: 'test.clock', text: 'SELECT account FROM test_clock WHERE id = $1' },
      [id],
    );
    const account = row!['account'] as string;
    const knows = (which: RunningApi) => which.app.get(AccountClocks).offsetMs(account) > 99 * DAY * 1_000;
    await eventually('the other has heard', () => knows(other), { timeoutMs: 1_000 });
    const later = await RunningApi.start(name, { INSTANCE_ID: 'three' });
    expect(knows(later)).toBe(true);
    await later.close();
    await client.testHelpers.testClocks.del(id);
    await eventually('the other has heard of its end', () => !knows(other), { timeoutMs: 1_000 });
  }, 30_000);
});

describe('a balance transaction', () => {
  it('is made on the account’s clock, and stays as it was when the clock is deleted', async () => {
    const client = stripe();
    const ahead = 8 * DAY;
    const { id: clock } = await client.testHelpers.testClocks.create({ frozen_time: nowSeconds() + ahead });
    const charge = await client.charges.create({ ...hold, capture: true });
    const refund = await client.refunds.create({ charge: charge.id, amount: 100 });
    const { data: made } = await client.balanceTransactions.list();
    expect(made.map(({ source }) => source)).toEqual([refund.id, charge.id]);
    for (const { created } of notEmpty(made)) expect(Math.abs(created - ahead - POSTED_AT_MS / 1_000)).toBeLessThan(60);
    const [ofRefund, ofCharge] = made;
    expect(ofRefund!.available_on).toBe(ofRefund!.created);
    expect(ofCharge!.available_on % DAY).toBe(0);
    expect(ofCharge!.available_on).toBeGreaterThan(ofCharge!.created);
    await client.testHelpers.testClocks.del(clock);
    const { data: kept } = await client.balanceTransactions.list();
    const times = (all: typeof made) => all.map(({ created, available_on }) => [created, available_on]);
    expect(times(kept)).toEqual(times(made));
    expect(await client.charges.retrieve(charge.id)).toMatchObject({ created: charge.created });
  }, 30_000);
});

describe('an authorization', () => {
  it('lapses after seven days of its account’s time, within a second', async () => {
    const client = stripe();
    const clock = await client.testHelpers.testClocks.create({ frozen_time: nowSeconds() });
    const lapsing = await client.charges.create(hold);
    const capturedInTime = await client.charges.create(hold);
    await client.charges.capture(capturedInTime.id);
    const elsewhere = stripe();
    const notTheirs = await elsewhere.charges.create(hold);
    await client.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + 6 * DAY });
    const young = await client.charges.create(hold);
    expect(await client.charges.retrieve(lapsing.id)).toMatchObject({ captured: false, refunded: false });
    await client.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + 7 * DAY + 60 });
    await eventually('it has lapsed', async () => (await client.charges.retrieve(lapsing.id)).refunded, {
      timeoutMs: 1_000,
    });
    expect(await client.charges.retrieve(lapsing.id)).toMatchObject({
      status: 'succeeded',
      captured: false,
      amount_refunded: 1000,
    });
    expect((await client.refunds.list({ charge: lapsing.id })).data).toMatchObject([
      { amount: 1000, reason: 'expired_uncaptured_charge', status: 'succeeded', balance_transaction: null },
    ]);
    expect(await errorOf(client.charges.capture(lapsing.id))).toMatchObject({ code: 'charge_expired_for_capture' });
    expect(await errorOf(client.refunds.create({ charge: lapsing.id }))).toMatchObject({
      code: 'charge_already_refunded',
    });
    expect(await client.charges.retrieve(capturedInTime.id)).toMatchObject({ captured: true, refunded: false });
    expect((await client.charges.capture(young.id)).captured).toBe(true);
    expect((await elsewhere.charges.capture(notTheirs.id)).captured).toBe(true);
  }, 30_000);

  it('is either captured or lapses when both come at once', async () => {
    const rounds = Array.from({ length: 10 }, async () => {
      const client = stripe();
      const clock = await client.testHelpers.testClocks.create({ frozen_time: nowSeconds() });
      const { id } = await client.charges.create(hold);
      const advance = client.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time + 8 * DAY });
      const [capture] = await Promise.allSettled([client.charges.capture(id), advance]);
      const end = () => client.charges.retrieve(id);
      await eventually('it has ended', async () => (await end()).refunded || (await end()).captured);
      const { captured, refunded } = await end();
      expect([captured, refunded]).toEqual(capture.status === 'fulfilled' ? [true, false] : [false, true]);
      if (capture.status === 'rejected') {
        expect(capture.reason).toMatchObject({ statusCode: 400, code: 'charge_expired_for_capture' });
      }
    });
    await Promise.all(rounds);
  }, 30_000);

  it('lapses in real time too', async () => {
    const client = stripe();
    const { id } = await client.charges.create(hold);
    const past = await client.charges.create(hold);
    const age = (which: string) =>
      api.database.query(
        {
          name: 'test.age',
          text: `UPDATE charge SET expires_at = now(), hold = hold || jsonb_build_object('authorizedAt', 0) WHERE id = $1`,
        },
        [which],
      );
    await age(past.id);
    await eventually('it has lapsed', async () => (await client.charges.retrieve(past.id)).refunded, {
      timeoutMs: 20_000,
    });
    expect(await client.charges.retrieve(id)).toMatchObject({ refunded: false });
  }, 30_000);
});
