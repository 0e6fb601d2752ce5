import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import { formClient, type Answered } from '../testing/form-client.js';
import { officialStripe } from '../testing/official-stripe.js';
import { RunningApi } from '../testing/running-api.js';
import { verifyProjection } from './store/projection.js';

/** Seed of the choices that decide each race. */
const seed = Number(process.env['RACING_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const name = `racing_${process.pid}`;
let one: RunningApi;
let two: RunningApi;
beforeAll(async () => {
  one = await RunningApi.start(name, { INSTANCE_ID: 'one' });
  two = await RunningApi.start(name, { INSTANCE_ID: 'two' });
  one.playLaterServices(seed);
}, 60_000);
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
});

const apiKey = `sk_test_racing${process.pid}`;
const order = { amount: '1000', currency: 'usd', source: 'tok_visa' };
/** Alternates between both instances. */
const post = (n: number, path: string, form: Record<string, string>, key?: string): Promise<Answered> =>
  formClient(n % 2 ? one : two, apiKey)(path, form, key);
const times = <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));
const open = async (capture: boolean): Promise<string> =>
  (await post(0, '/v1/charges', { ...order, capture: String(capture) })).json.id;
const succeeded = (answers: readonly Answered[]) => answers.filter(({ status }) => status === 200);
const eventsOf = async (id: string, type: string): Promise<number> =>
  (
    await one.database.query(
      { name: 'test.events', text: 'SELECT count(*)::int4 AS n FROM charge_event WHERE charge_id = $1 AND type = $2' },
      [id, type],
    )
  )[0]!['n'] as number;

describe('a capture', () => {
  it('from 50 connections under one key is one capture, and one answer to the byte', async () => {
    const id = await open(false);
    const answers = await times(50, (n) => post(n, `/v1/charges/${id}/capture`, {}, 'fifty'));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(({ status, json }) => [status, json.error?.code])).toEqual(
      refused.map(() => [409, 'idempotency_key_in_use']),
    );
    const again = await times(10, (n) => post(n, `/v1/charges/${id}/capture`, {}, 'fifty'));
    expect(new Set([...succeeded(answers), ...again].map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(succeeded(answers).length).toBeGreaterThanOrEqual(1);
    expect(await eventsOf(id, 'capture_requested')).toBe(1);
  }, 30_000);

  it('from 50 connections under different keys is one capture, and the others are told', async () => {
    const id = await open(false);
    const answers = await times(50, (n) => post(n, `/v1/charges/${id}/capture`, { amount: '600' }, `different-${n}`));
    expect(succeeded(answers)).toHaveLength(1);
    for (const { status, json } of notEmpty(answers.filter((answer) => answer.status !== 200))) {
      expect([
        [429, 'lock_timeout'],
        [400, 'charge_already_captured'],
      ]).toContainEqual([status, json.error?.code]);
    }
    expect(await eventsOf(id, 'capture_requested')).toBe(1);
  }, 30_000);

  it(`racing a cancellation: either may win, and never both (RACING_SEED=${seed})`, async () => {
    const winners = { capture: 0, cancellation: 0 };
    for (let round = 0; round < 60 && (winners.capture === 0 || winners.cancellation === 0 || round < 12); round++) {
      const id = await open(false);
      const [captures, cancels] = await Promise.all([
        times(5, (n) => post(n + round, `/v1/charges/${id}/capture`, {})),
        times(5, (n) => post(n + round + 1, '/v1/refunds', { charge: id })),
      ]);
      const client = officialStripe(one, { key: apiKey });
      const charge = await client.charges.retrieve(id, { expand: ['refunds'] });
      const captured = succeeded(captures).length;
      expect(captured).toBeLessThanOrEqual(1);
      if (captured === 1) {
        winners.capture++;
        // A refund after the capture won refunds captured money.
        expect(charge).toMatchObject({ captured: true });
        expect(succeeded(cancels).length).toBeLessThanOrEqual(1);
      } else {
        winners.cancellation++;
        expect(succeeded(cancels)).toHaveLength(1);
        expect(charge).toMatchObject({ captured: false, refunded: true });
        expect(charge.refunds?.data.map(({ status, balance_transaction }) => [status, balance_transaction])).toEqual([
          ['succeeded', null],
        ]);
      }
      expect(charge.refunds!.data.filter(({ status }) => status === 'succeeded').length).toBe(
        succeeded(cancels).length,
      );
    }
    expect([winners.capture > 0, winners.cancellation > 0]).toEqual([true, true]);
  }, 120_000);
});

describe('refunds', () => {
  it('that race never pass what was captured', async () => {
    const id = await open(true);
    const answers = await times(60, (n) => post(n, '/v1/refunds', { charge: id, amount: '70' }));
    expect(succeeded(answers)).toHaveLength(Math.floor(1000 / 70));
    for (const { status } of notEmpty(answers.filter((answer) => answer.status !== 200))) expect(status).toBe(400);
    const charge = await officialStripe(two, { key: apiKey }).charges.retrieve(id);
    expect(charge.amount_refunded).toBe(980);
    const rest = await times(5, (n) => post(n, '/v1/refunds', { charge: id }));
    expect(succeeded(rest)).toHaveLength(1);
    expect((await officialStripe(two, { key: apiKey }).charges.retrieve(id)).refunded).toBe(true);
  }, 60_000);

  it('sent 30 times under one key are one refund', async () => {
    const id = await open(true);
    const answers = await times(30, (n) => post(n, '/v1/refunds', { charge: id, amount: '10' }, 'one refund'));
    expect(new Set(succeeded(answers).map(({ body }) => body)).size).toBe(1);
    expect(await eventsOf(id, 'refund_requested')).toBe(1);
  }, 30_000);
});

describe('after all this', () => {
  it('every row follows from its stream', async () => {
    expect((await verifyProjection(one.database)).wrong).toEqual([]);
  });
});
