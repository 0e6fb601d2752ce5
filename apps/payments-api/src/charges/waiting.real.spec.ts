import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bank, ledger, topicsFrom, type CloudEvent, type NewEvent } from '#contracts';
import type { Bus, Consumption } from '#messaging';
import { usd } from '#money';
import { BUS } from '#service';
import { eventually } from '#testing';
import { UnsettledCharges } from '../admission/unsettled-charges.js';
import { pruneKeys } from '../idempotency/key.repository.js';
import { KEPT_MS } from '../idempotency/reaper.js';
import { formClient, type Answered } from '../testing/form-client.js';
import { authorizing, posting, refundPosting, releasing, RunningApi } from '../testing/running-api.js';

const name = `waiting_${process.pid}`;
let api: RunningApi;
let other: RunningApi;
let listening: Consumption;
const heard: CloudEvent[] = [];
beforeAll(async () => {
  api = await RunningApi.start(name, { ANSWER_WITHIN_MS: '700', INSTANCE_ID: 'one' });
  other = await RunningApi.start(name, { ANSWER_WITHIN_MS: '700', INSTANCE_ID: 'two' });
  listening = await api.app.get<Bus>(BUS).consume({
    group: name,
    topics: topicsFrom('payments'),
    onBatch: (deliveries) => {
      heard.push(...deliveries.map(({ event }) => event));
      return Promise.resolve();
    },
  });
}, 60_000);
afterAll(async () => {
  await listening.stop();
  await Promise.all([api.close(), other.close()]);
});

const sql = (label: string, text: string, values: unknown[] = []) =>
  api.administrator.query({ name: `test.${label}`, text }, values);

let account = 0;
interface Merchant {
  apiKey: string;
  /** Posts for the version 2020-08-27. */
  postOld: ReturnType<typeof formClient>;
  post: ReturnType<typeof formClient>;
  get: (path: string) => Promise<Record<string, unknown>>;
}
function merchant(): Merchant {
  const apiKey = `sk_test_waiting${++account}`;
  return {
    apiKey,
    post: formClient(api, apiKey),
    postOld: formClient(api, apiKey, { 'Stripe-Version': '2020-08-27' }),
    get: async (path) =>
      (await (await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } })).json()) as never,
  };
}

const order = { amount: '1000', currency: 'usd', source: 'tok_visa' };

/** The charge that this request opened. */
async function opened(answer: Promise<Answered>): Promise<{ id: string; account: string }> {
  const [row] = await eventually('the charge stands', async () => {
    const rows = await sql(
      'newest',
      `SELECT id, account FROM charge WHERE state = 'requested' ORDER BY id DESC LIMIT 1`,
    );
    return rows.length > 0 && rows;
  });
  void answer;
  return row as { id: string; account: string };
}
async function captured(post: Merchant['post'], source = order.source) {
  const answer = post('/v1/charges', { ...order, source });
  const charge = await opened(answer);
  await api.deliver(posting(charge.id, charge.account, 1000));
  await answer;
  return charge;
}
async function authorized(post: Merchant['post']) {
  const answer = post('/v1/charges', { ...order, capture: 'false' });
  const charge = await opened(answer);
  await api.deliver(authorizing(charge.id, charge.account, 1000));
  expect((await answer).json).toMatchObject({ id: charge.id, status: 'succeeded', captured: false });
  return charge;
}
const isAwaiting = async (id: string) =>
  (await sql('awaiting', 'SELECT awaiting FROM charge WHERE id = $1', [id]))[0]!['awaiting'];
async function pendingRefund(charge: string): Promise<string> {
  const [row] = await eventually('the refund stands', async () => {
    const rows = await sql(
      'refund',
      `SELECT id FROM refund WHERE charge_id = $1 AND state = 'pending' ORDER BY id DESC`,
      [charge],
    );
    return rows.length > 0 && rows;
  });
  return row!['id'] as string;
}

describe('a request for an older version', () => {
  const old = { order: null, invoice: null };

  it('is answered in that version, whichever instance settles it, and its replay for another is the same', async () => {
    const { post, postOld } = merchant();
    const create = postOld('/v1/charges', { ...order, capture: 'false' }, 'create');
    const { id, account } = await opened(create);
    await other.deliver(authorizing(id, account, 1000));
    expect((await create).json).toMatchObject({ ...old, refunds: { object: 'list', data: [] } });
    const capture = postOld(`/v1/charges/${id}/capture`, { amount: '400' }, 'capture');
    await eventually('it is under way', () => isAwaiting(id));
    await other.deliver(posting(id, account, 400));
    expect((await capture).json).toMatchObject({ ...old, captured: true, refunds: { data: [{ amount: 600 }] } });
    const replay = await post('/v1/charges', { ...order, capture: 'false' }, 'create');
    expect([replay.body, replay.headers.get('idempotent-replayed')]).toEqual([(await create).body, 'true']);
  });

  it('is told in that version that it is pending', async () => {
    const create = merchant().postOld('/v1/charges', order);
    const { id, account } = await opened(create);
    expect((await create).json).toMatchObject({ ...old, status: 'pending', refunds: { data: [] } });
    await api.deliver(posting(id, account, 1000));
  });
});

describe('a capture whose bank takes its time', () => {
  it('is answered pending when time is up, and that answer stays though the charge is captured later', async () => {
    const { post, get } = merchant();
    const { id, account } = await authorized(post);
    const pending = await post(`/v1/charges/${id}/capture`, { amount: '400' }, 'slow');
    expect([pending.status, pending.json.status]).toEqual([200, 'pending']);
    await api.deliver(posting(id, account, 400));
    expect((await post(`/v1/charges/${id}/capture`, { amount: '400' }, 'slow')).body).toBe(pending.body);
    expect(await get(`/v1/charges/${id}`)).toMatchObject({ status: 'succeeded', amount_captured: 400 });
  });

  it('is refused before there is anything to capture, and the same key may come back for it', async () => {
    const { post } = merchant();
    const create = post('/v1/charges', { ...order, capture: 'false' });
    const { id, account } = await opened(create);
    const early = await post(`/v1/charges/${id}/capture`, {}, 'early');
    expect([early.status, early.json.error?.message]).toEqual([
      400,
      expect.stringContaining('not been authorized yet'),
    ]);
    await api.deliver(authorizing(id, account, 1000));
    await create;
    const capture = post(`/v1/charges/${id}/capture`, {}, 'early');
    await eventually('it is under way', () => isAwaiting(id));
    await api.deliver(posting(id, account, 1000));
    expect(await capture).toMatchObject({ status: 200, json: { captured: true } });
  });

  it('tells the other capture to come back, and then what became of it', async () => {
    const { post } = merchant();
    const { id, account } = await authorized(post);
    const first = post(`/v1/charges/${id}/capture`, {});
    await eventually('it is under way', () => isAwaiting(id));
    const second = await post(`/v1/charges/${id}/capture`, {}, 'second');
    expect([second.status, second.json.error?.code, second.headers.get('stripe-should-retry')]).toEqual([
      429,
      'lock_timeout',
      'true',
    ]);
    await api.deliver(posting(id, account, 1000));
    expect((await first).json).toMatchObject({ captured: true });
    expect((await post(`/v1/charges/${id}/capture`, {}, 'second')).json.error?.code).toBe('charge_already_captured');
  });

  it('is answered with a 402 when the bank refuses it', async () => {
    const { post } = merchant();
    const { id, account } = await authorized(post);
    const capture = post(`/v1/charges/${id}/capture`, {});
    await eventually('it is under way', () => isAwaiting(id));
    const refusal = { cause: 'capture_failed', holdRefusal: null, refusalCode: 'expired_card' } as const;
    await api.deliver(ledger.chargeReleased({ chargeId: id, account, ...refusal }));
    expect(await capture).toMatchObject({ status: 402, json: { error: { code: 'expired_card', charge: id } } });
  });

  it('loses to a cancellation, and both are told', async () => {
    const { post } = merchant();
    const { id, account } = await authorized(post);
    const capture = post(`/v1/charges/${id}/capture`, {});
    await eventually('it is under way', () => isAwaiting(id));
    const refund = post('/v1/refunds', { charge: id });
    await pendingRefund(id);
    await other.deliver(releasing(id, account, 'canceled'));
    expect(await capture).toMatchObject({ status: 400, json: { error: { code: 'charge_already_refunded' } } });
    expect(await refund).toMatchObject({ status: 200, json: { object: 'refund', status: 'succeeded', amount: 1000 } });
  });

  it('wins against a cancellation, and both are told', async () => {
    const { post } = merchant();
    const { id, account } = await authorized(post);
    const capture = post(`/v1/charges/${id}/capture`, {});
    await eventually('it is under way', () => isAwaiting(id));
    const refund = post('/v1/refunds', { charge: id });
    const refundId = await pendingRefund(id);
    await api.deliver(bank.cancellationRefused({ chargeId: id, account, bank: 'alder' }));
    expect(await refund).toMatchObject({ status: 400, json: { error: { code: 'charge_already_captured' } } });
    await api.deliver(posting(id, account, 1000));
    expect(await capture).toMatchObject({ status: 200, json: { captured: true, amount_refunded: 0 } });
    expect((await sql('failed', 'SELECT state FROM refund WHERE id = $1', [refundId]))[0]).toEqual({ state: 'failed' });
    const [again, refunded] = [post('/v1/refunds', { charge: id }), pendingRefund(id)];
    await api.deliver(refundPosting(await refunded, id, account, 1000));
    expect((await again).json).toMatchObject({ status: 'succeeded', amount: 1000 });
  });
});

describe('a charge that is canceled before its authorization is known', () => {
  it.each([
    ['is given back', (id: string, account: string) => releasing(id, account, 'canceled'), 200, 200],
    [
      'is declined',
      (chargeId: string, account: string) =>
        bank.authorizationDeclined({ chargeId, account, bank: 'alder', code: 'lost_card' }),
      402,
      400,
    ],
  ] as const)('%s', async (_how, ending, created, canceled) => {
    const { post } = merchant();
    const create = post('/v1/charges', { ...order, capture: 'false' });
    const { id, account } = await opened(create);
    const cancel = post('/v1/refunds', { charge: id });
    await pendingRefund(id);
    await api.deliver(ending(id, account));
    expect([(await create).status, (await cancel).status]).toEqual([created, canceled]);
  });
});

it('a charge whose cancellation waited for its authorization is authorized, and then given back', async () => {
  const { post, get } = merchant();
  const create = post('/v1/charges', { ...order, capture: 'false' });
  const { id, account } = await opened(create);
  const cancel = post('/v1/refunds', { charge: id });
  await pendingRefund(id);
  await api.deliver(authorizing(id, account, 1000));
  expect((await create).json).toMatchObject({ status: 'succeeded', captured: false, refunded: false });
  const late = await post(`/v1/charges/${id}/capture`, {});
  expect([late.status, late.json.error?.code]).toEqual([400, 'charge_already_refunded']);
  expect(await isAwaiting(id)).toBe(true);
  await other.deliver(releasing(id, account, 'canceled'));
  expect((await cancel).json).toMatchObject({ object: 'refund', status: 'succeeded', balance_transaction: null });
  expect(await get(`/v1/charges/${id}`)).toMatchObject({ captured: false, refunded: true });
  expect(await isAwaiting(id)).toBe(false);
});

describe('a refund whose bank takes its time', () => {
  it('is answered pending when time is up, and that answer stays though it succeeds later', async () => {
    const { post, get } = merchant();
    const { id, account } = await captured(post);
    const pending = await post('/v1/refunds', { charge: id, amount: '300' }, 'slow');
    expect(pending.json).toMatchObject({ object: 'refund', status: 'pending', amount: 300, balance_transaction: null });
    expect(await get(`/v1/charges/${id}`)).toMatchObject({ status: 'succeeded', amount_refunded: 300 });
    const refundId = pending.json.id;
    const path = `/v1/charges/${id}/refunds`;
    expect(await get(path)).toMatchObject({ url: path, data: [{ id: refundId }], has_more: false });
    await api.deliver(refundPosting(refundId, id, account, 300));
    expect((await post('/v1/refunds', { charge: id, amount: '300' }, 'slow')).body).toBe(pending.body);
    expect(await get(`/v1/refunds/${refundId}`)).toMatchObject({ status: 'succeeded' });
  });

  it('is answered by the other instance, where it was settled', async () => {
    const { post } = merchant();
    const { id, account } = await captured(post);
    const refund = post('/v1/refunds', { charge: id });
    await other.deliver(refundPosting(await pendingRefund(id), id, account, 1000));
    expect((await refund).json).toMatchObject({ status: 'succeeded' });
  });

  it('that the bank refuses is taken back from the charge, and may be tried again', async () => {
    const { post, get } = merchant();
    const { id, account } = await captured(post);
    const refund = post('/v1/refunds', { charge: id });
    const named = { refundId: await pendingRefund(id), chargeId: id, account, amount: usd(1000) };
    await api.deliver(ledger.refundReleased({ ...named, code: 'lost_card' }));
    expect((await refund).json).toMatchObject({ status: 'failed', failure_reason: 'lost_or_stolen_card' });
    expect(await get(`/v1/charges/${id}`)).toMatchObject({ amount_refunded: 0, refunded: false });
    expect((await post('/v1/refunds', { charge: id })).json).toMatchObject({ status: 'pending' });
  });

  it('that the balance cannot bear is refused', async () => {
    const { post, get } = merchant();
    const { id, account } = await captured(post);
    const refund = post('/v1/refunds', { charge: id });
    const named = { refundId: await pendingRefund(id), chargeId: id, account, amount: usd(1000) };
    await api.deliver(ledger.refundRefused({ ...named, reason: 'insufficient_balance' }));
    expect(await refund).toMatchObject({ status: 400, json: { error: { code: 'balance_insufficient' } } });
    expect(await get(`/v1/refunds/${named.refundId}`)).toMatchObject({
      status: 'failed',
      failure_reason: 'insufficient_funds',
    });
  });
});

describe('a key that was pruned while what it asked for was still pending, and is used anew', () => {
  const usedAnew = async (
    { post }: Merchant,
    key: string,
    settleFirst: (id: string, account: string) => NewEvent,
    before: string,
  ) => {
    await sql('age', `UPDATE idempotency_answer SET answered_at = answered_at - interval '25 h' WHERE key = $1`, [key]);
    await pruneKeys(api.database, KEPT_MS, 100);
    const answer = post('/v1/charges', order, key);
    const [row] = await eventually('the new charge stands', async () => {
      const rows = await sql('anew', 'SELECT id, account FROM charge WHERE idempotency_key = $1 AND id <> $2', [
        key,
        before,
      ]);
      return rows.length > 0 && rows;
    });
    const { id, account } = row as { id: string; account: string };
    await api.deliver(settleFirst(before, account));
    await api.deliver(posting(id, account, 1000));
    expect((await answer).json).toMatchObject({ id, status: 'succeeded' });
  };

  it('is not answered with the charge that it once opened', async () => {
    const me = merchant();
    const { json } = await me.post('/v1/charges', order, 'opened once');
    expect(json.status).toBe('pending');
    await usedAnew(me, 'opened once', (id, account) => posting(id, account, 1000), json.id);
  });

  it('is not answered with the capture that it once asked for', async () => {
    const me = merchant();
    const { id } = await authorized(me.post);
    expect((await me.post(`/v1/charges/${id}/capture`, {}, 'captured once')).json.status).toBe('pending');
    await usedAnew(me, 'captured once', (id, account) => posting(id, account, 1000), id);
  });
});

describe('what a charge waits for', () => {
  it('is asked for again, each under its own id, until it has come', async () => {
    const { post } = merchant();
    const { id, account } = await captured(post);
    const refund = (await post('/v1/refunds', { charge: id, amount: '300' })).json.id;
    await post('/v1/refunds', { charge: id, amount: '200' });
    const said = () => heard.filter(({ key, type }) => key === id && type === 'payments.refund_requested.v1');
    await eventually('both were asked for', () => said().length === 2, { timeoutMs: 20_000 });
    const [patience] = await sql(
      'patience',
      `SELECT sweeps, next_sweep_at > now() + interval '10 s' AS later FROM charge WHERE id = $1`,
      [id],
    );
    expect(patience).toEqual({ sweeps: 0, later: true });
    await sql('stall', 'UPDATE charge SET next_sweep_at = now() WHERE id = $1', [id]);
    await eventually('both were asked for again', () => said().length === 4, { timeoutMs: 20_000 });
    const [first, again] = [said().slice(0, 2), said().slice(2)];
    expect(new Set(again.map(({ id }) => id))).toEqual(new Set(first.map(({ id }) => id)));
    expect([...first, ...again].map(({ resent }) => Boolean(resent))).toEqual([false, false, true, true]);
    await api.deliver(refundPosting(refund, id, account, 300));
    expect(await isAwaiting(id)).toBe(true);
  }, 60_000);

  it('counts as unsettled for admission until it has come', async () => {
    const { post } = merchant();
    const { id, account } = await authorized(post);
    const counted = () => api.app.get(UnsettledCharges).openedBefore(Infinity).includes(id);
    expect(counted()).toBe(false);
    await post(`/v1/charges/${id}/capture`, {});
    expect(counted()).toBe(true);
    await api.deliver(posting(id, account, 1000));
    expect(counted()).toBe(false);
  });
});

it('a refund of a card that begins pending is answered so at once, and ends afterwards', async () => {
  const { apiKey, post, get } = merchant();
  const { id, account: owner } = await captured(post, 'tok_pendingRefund');
  const patient = await RunningApi.start(name, { ANSWER_WITHIN_MS: '60000', INSTANCE_ID: 'patient' });
  const answer = await formClient(patient, apiKey)('/v1/refunds', { charge: id });
  await patient.close();
  expect(answer).toMatchObject({ status: 200, json: { object: 'refund', status: 'pending' } });
  const refundId = await pendingRefund(id);
  await api.deliver(refundPosting(refundId, id, owner, 1000));
  expect(await get(`/v1/refunds/${refundId}`)).toMatchObject({ status: 'succeeded' });
}, 30_000);
