import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Stripe } from 'stripe';
import { notEmpty } from '#testing';
import { verifyProjection } from './store/projection.js';
import { errorOf, officialStripe } from '../testing/official-stripe.js';
import { RunningApi } from '../testing/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start(`capture_${process.pid}`);
  api.playLaterServices();
}, 60_000);
afterAll(() => api.close());

const stripe = (): Stripe => officialStripe(api);
const order = { amount: 1000, currency: 'usd', source: 'tok_visa' };
const hold = { ...order, capture: false };

describe('the official package, on an authorization', () => {
  it('holds an amount, and captures it', async () => {
    const client = stripe();
    const held = await client.charges.create(hold);
    expect(held).toMatchObject({
      status: 'succeeded',
      paid: true,
      captured: false,
      amount_captured: 0,
      amount_refunded: 0,
      refunded: false,
      balance_transaction: null,
      outcome: { type: 'authorized' },
    });
    const sevenDays = held.created + 7 * 86_400;
    expect(held.payment_method_details?.card?.capture_before).toBeGreaterThanOrEqual(sevenDays);
    expect(held.payment_method_details?.card?.capture_before).toBeLessThan(sevenDays + 60);
    const captured = await client.charges.capture(held.id, { expand: ['balance_transaction'] });
    expect(captured).toMatchObject({
      id: held.id,
      status: 'succeeded',
      captured: true,
      amount_captured: 1000,
      balance_transaction: { object: 'balance_transaction', amount: 1000, fee: 59 },
    });
    expect(captured.payment_method_details?.card?.capture_before).toBeUndefined();
    expect(await errorOf(client.charges.capture(held.id))).toMatchObject({
      statusCode: 400,
      code: 'charge_already_captured',
    });
  });

  it('captures a part, and lets the rest go', async () => {
    const client = stripe();
    const { id } = await client.charges.create(hold);
    const captured = await client.charges.capture(id, {
      amount: 400,
      statement_descriptor: 'A PART',
      expand: ['refunds'],
    });
    const rest = { amount: 600, charge: id, reason: null, status: 'succeeded', balance_transaction: null };
    expect(captured.refunds).toMatchObject({ data: [rest], has_more: false });
    const [listed, ...others] = (await client.refunds.list({ charge: id })).data;
    expect([listed, others]).toMatchObject([{ ...rest, destination_details: { card: { type: 'reversal' } } }, []]);
    const described = { metadata: { why: 'a part was enough' } };
    expect(await client.refunds.update(listed!.id, described)).toMatchObject({ ...rest, ...described });
    expect(captured).toMatchObject({
      amount: 1000,
      amount_captured: 400,
      amount_refunded: 600,
      refunded: false,
      captured: true,
      statement_descriptor: 'A PART',
    });
    const refund = await client.refunds.create({ charge: id });
    expect(refund).toMatchObject({ amount: 400, status: 'succeeded' });
    expect(await client.charges.retrieve(id)).toMatchObject({ amount_refunded: 1000, refunded: true });
  });

  it('is told when it wants more than there is', async () => {
    const client = stripe();
    const { id } = await client.charges.create(hold);
    expect(await errorOf(client.charges.capture(id, { amount: 1001 }))).toMatchObject({
      statusCode: 400,
      code: 'amount_too_large',
      param: 'amount',
    });
    expect((await client.charges.capture(id)).amount_captured).toBe(1000);
  });

  it('gives it back by a refund', async () => {
    const client = stripe();
    const { id } = await client.charges.create(hold);
    expect(await errorOf(client.refunds.create({ charge: id, amount: 400 }))).toMatchObject({
      statusCode: 400,
      param: 'amount',
    });
    const refund = await client.refunds.create({ charge: id });
    expect(refund).toMatchObject({ amount: 1000, status: 'succeeded', balance_transaction: null, charge: id });
    expect(refund.destination_details).toMatchObject({ type: 'card', card: { type: 'reversal' } });
    expect(await client.charges.retrieve(id)).toMatchObject({
      status: 'succeeded',
      captured: false,
      refunded: true,
      amount_refunded: 1000,
      failure_code: null,
    });
    for (const again of [client.charges.capture(id), client.refunds.create({ charge: id })]) {
      expect(await errorOf(again)).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
    }
  });

  it('sees nothing of another account', async () => {
    const { id } = await stripe().charges.create(hold);
    const theirs = stripe();
    expect(await errorOf(theirs.charges.capture(id))).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect(await errorOf(theirs.refunds.create({ charge: id }))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
    });
  });

  it('is told the same, however many ask at once under one key that comes free again each time', async () => {
    const client = stripe();
    const captures = Array.from({ length: 12 }, () =>
      errorOf(client.charges.capture('ch_00000000000', {}, { idempotencyKey: 'not there' })),
    );
    for (const error of notEmpty(await Promise.all(captures)))
      expect(error).toMatchObject({ code: 'resource_missing' });
  });

  it('replays a capture under its key, and an error of state too', async () => {
    const client = stripe();
    const { id } = await client.charges.create(hold);
    const first = await client.charges.capture(id, {}, { idempotencyKey: 'capture' });
    expect(await client.charges.capture(id, {}, { idempotencyKey: 'capture' })).toEqual(first);
    const refused = await errorOf(client.charges.capture(id, {}, { idempotencyKey: 'again' }));
    const replayed = await errorOf(client.charges.capture(id, {}, { idempotencyKey: 'again' }));
    expect(replayed.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(replayed.message).toBe(refused.message);
    const missing = await errorOf(client.charges.capture('ch_nope', {}, { idempotencyKey: 'missing' }));
    expect(missing).toMatchObject({ statusCode: 404 });
    const retried = await errorOf(client.charges.capture('ch_nope', {}, { idempotencyKey: 'missing' }));
    expect(retried.headers).not.toHaveProperty('idempotent-replayed');
    const elsewhere = await errorOf(client.refunds.create({ charge: id }, { idempotencyKey: 'capture' }));
    expect(elsewhere.type).toBe('StripeIdempotencyError');
  });
});

const nextTransaction = async (): Promise<number> => {
  const [row] = await api.database.query<{ xid: number }>({
    name: 'test.next_transaction',
    text: 'SELECT pg_snapshot_xmax(pg_current_snapshot())::text::int8 AS xid',
  });
  return row!.xid;
};

/** Bytes of a charge's rows, in all tables, that transactions since `since` have written. */
async function bytesWritten(chargeId: string, since: number): Promise<number> {
  const sizes = [
    'charge',
    'charge_event',
    'refund',
    'balance_transaction',
    'idempotency_key',
    'idempotency_answer',
  ].map(
    (table) => `SELECT pg_column_size(${table}.*) AS bytes FROM ${table}
                WHERE xmin::text::int8 >= $2 AND to_jsonb(${table})::text LIKE '%' || $1 || '%'`,
  );
  const [row] = await api.database.query<{ bytes: number }>(
    { name: 'test.bytes_written', text: `SELECT sum(bytes)::int8 AS bytes FROM (${sizes.join(' UNION ALL ')}) AS row` },
    [chargeId, since],
  );
  return row!.bytes;
}

describe('the official package, on refunds', () => {
  it('gives back in parts, up to what was captured', async () => {
    const client = stripe();
    const { id } = await client.charges.create(order);
    const first = await client.refunds.create({
      charge: id,
      amount: 300,
      reason: 'requested_by_customer',
      metadata: { why: 'a scratch' },
      expand: ['balance_transaction', 'charge'],
    });
    expect(first).toMatchObject({
      object: 'refund',
      amount: 300,
      currency: 'usd',
      status: 'succeeded',
      reason: 'requested_by_customer',
      metadata: { why: 'a scratch' },
      balance_transaction: { amount: -300, fee: 0, net: -300, type: 'refund' },
      charge: { id, amount_refunded: 300, refunded: false },
    });
    expect(first.id).toMatch(/^re_[0-9A-Za-z]{11}$/);
    expect(await errorOf(client.refunds.create({ charge: id, amount: 701 }))).toMatchObject({
      statusCode: 400,
      param: 'amount',
      message: expect.stringMatching(/7\.01.* is greater than unrefunded amount on charge .*7\.00/),
    });
    const second = await client.refunds.create({ charge: id });
    expect(second.amount).toBe(700);
    const charge = await client.charges.retrieve(id, { expand: ['refunds'] });
    expect(charge).toMatchObject({ amount_refunded: 1000, refunded: true });
    expect(charge.refunds?.data.map((refund) => refund.id)).toEqual([second.id, first.id]);
    const listed = await client.rawRequest('GET', charge.refunds!.url);
    expect(listed).toMatchObject({ object: 'list', data: [{ id: second.id }, { id: first.id }] });
    expect(await client.charges.retrieve(id)).not.toHaveProperty('refunds');
    expect(await errorOf(client.refunds.create({ charge: id }))).toMatchObject({ code: 'charge_already_refunded' });
  });

  it('finds, writes on and lists them', async () => {
    const client = stripe();
    const one = await client.charges.create(order);
    const other = await client.charges.create(order);
    const refunds: Stripe.Refund[] = [];
    for (const charge of [one.id, other.id, one.id])
      refunds.unshift(await client.refunds.create({ charge, amount: 100 }));
    const ids = refunds.map(({ id }) => id);
    expect(await client.refunds.retrieve(ids[0]!)).toMatchObject({ id: ids[0], charge: one.id });
    expect(await client.refunds.retrieve(ids[0]!, { expand: ['charge'] })).toMatchObject({ charge: { id: one.id } });
    const updated = await client.refunds.update(ids[0]!, { metadata: { a: '1' } });
    expect(updated.metadata).toEqual({ a: '1' });
    expect(await client.refunds.retrieve(ids[0]!)).toEqual(updated);
    const list = async (params: Stripe.RefundListParams) =>
      (await client.refunds.list(params)).data.map(({ id }) => id);
    expect(await list({})).toEqual(ids);
    expect(await list({ charge: one.id })).toEqual([ids[0], ids[2]]);
    expect(await list({ limit: 1, starting_after: ids[0]! })).toEqual([ids[1]]);
    expect(await list({ charge: one.id, ending_before: ids[2]! })).toEqual([ids[0]]);
    expect(await list({ created: { lt: one.created } })).toEqual([]);
    expect((await client.refunds.list({ limit: 1, expand: ['data.charge'] })).data[0]).toMatchObject({
      charge: { object: 'charge', amount_refunded: 200 },
    });
    const seen: string[] = [];
    for await (const { id } of client.refunds.list({ limit: 2 })) seen.push(id);
    expect(seen).toEqual(ids);
    const theirs = stripe();
    expect(await errorOf(theirs.refunds.retrieve(ids[0]!))).toMatchObject({ statusCode: 404 });
    expect(await errorOf(theirs.refunds.update(ids[0]!, { metadata: { a: '2' } }))).toMatchObject({ statusCode: 404 });
    expect(await errorOf(theirs.refunds.list({ starting_after: ids[0]! }))).toMatchObject({ statusCode: 400 });
  });

  it('costs as much to write whether it is the second of its charge or the fortieth', async () => {
    const client = stripe();
    const { id } = await client.charges.create(order);
    const metadata = () =>
      Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`key ${n}`, randomBytes(200).toString('hex')]));
    const written: number[] = [];
    const refunds: string[] = [];
    for (let n = 0; n < 40; n++) {
      const before = await nextTransaction();
      refunds.unshift((await client.refunds.create({ charge: id, amount: 1, metadata: metadata() })).id);
      written.push(await bytesWritten(id, before));
    }
    expect(written[39]! / written[1]!).toBeLessThan(1.05);
    const charge = await client.charges.retrieve(id, { expand: ['refunds'] });
    expect(charge).toMatchObject({ amount_refunded: 40, refunds: { has_more: true } });
    expect(charge.refunds!.data.map((refund) => refund.id)).toEqual(refunds.slice(0, 10));
    const last = await client.refunds.retrieve(refunds[0]!, { expand: ['charge.refunds', 'balance_transaction'] });
    expect((last.charge as Stripe.Charge).refunds).toEqual(charge.refunds);
    const { id: transaction } = last.balance_transaction as Stripe.BalanceTransaction;
    const { source } = await client.balanceTransactions.retrieve(transaction, { expand: ['source.charge.refunds'] });
    expect(source).toMatchObject({ id: refunds[0], charge: { refunds: { has_more: true } } });
    const listed = await client.charges.list({ limit: 1, expand: ['data.refunds'] });
    expect(listed.data[0]!.refunds).toEqual(charge.refunds);
    const described = await client.charges.update(id, { description: 'much refunded', expand: ['refunds'] });
    expect(described.refunds).toEqual(charge.refunds);
    const noted = await client.refunds.update(refunds[39]!, {
      metadata: { note: 'first' },
      expand: ['charge.refunds'],
    });
    expect((noted.charge as Stripe.Charge).refunds).toEqual(charge.refunds);
    expect((await verifyProjection(api.database)).wrong).toEqual([]);
  }, 30_000);

  it('cannot call one off', async () => {
    const client = stripe();
    const { id } = await client.charges.create(order);
    const refund = await client.refunds.create({ charge: id });
    const cancel = (which: string) => errorOf(client.refunds.cancel(which, {}, { idempotencyKey: which }));
    const error = await cancel(refund.id);
    expect(error).toMatchObject({ statusCode: 400, message: expect.stringContaining('requires_action') });
    const replayed = await cancel(refund.id);
    expect([replayed.message, replayed.headers]).toEqual([
      error.message,
      expect.objectContaining({ 'idempotent-replayed': 'true' }),
    ]);
    expect(await cancel('re_nope')).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });

  it('is refused for a charge that took no money', async () => {
    const client = stripe();
    const declined = await errorOf(client.charges.create({ ...order, source: 'tok_chargeDeclined' }));
    expect(await errorOf(client.refunds.create({ charge: declined.charge! }))).toMatchObject({
      statusCode: 400,
      code: 'charge_not_refundable',
    });
  });

  it.each([
    [{}, 'charge'],
    [{ charge: 'ch_1', amount: 0 }, 'amount'],
    [{ charge: 'ch_1', reason: 'mood' }, 'reason'],
    [{ charge: 'ch_1', reverse_transfer: true }, 'reverse_transfer'],
    [{ payment_intent: 'pi_1' }, 'payment_intent'],
    [{ charge: 'ch_1', expand: ['nothing'] }, 'expand[0]'],
  ])('is told what is wrong with %j', async (params, param) => {
    expect(await errorOf(stripe().refunds.create(params as Stripe.RefundCreateParams))).toMatchObject({
      statusCode: 400,
      param,
    });
  });
});

describe('the rows of captures and refunds', () => {
  it('follow from the stream of events', async () => {
    const { checked, wrong } = await verifyProjection(api.database);
    expect(checked).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
    const forge = (refund: string) =>
      api.database.query({
        name: `test.forge_${refund.length}`,
        text: `UPDATE refund SET refund = refund || '${refund}' WHERE id = (SELECT max(id) FROM refund) RETURNING charge_id`,
      });
    const [row] = await forge('{"metadata":{"forged":"yes"}}');
    expect((await verifyProjection(api.database)).wrong).toEqual([row!['charge_id']]);
    await forge('{"metadata":{}}');
  });
});
