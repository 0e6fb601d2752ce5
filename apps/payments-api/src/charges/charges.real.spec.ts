import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bank, topicsFrom, type CloudEvent } from '#contracts';
import type { Bus, Consumption } from '#messaging';
import { entitiesOver } from '#postgres';
import { BUS } from '#service';
import { eventually } from '#testing';
import { provisionKey, revokeKey } from '../accounts/accounts.repository.js';
import { ApiKeyEntity } from '../accounts/api-key.entity.js';
import { ApiKeyRepository } from '../accounts/api-key.repository.js';
import { KeyedHash } from '../accounts/keyed-hash.js';
import { UnsettledCharges } from '../admission/unsettled-charges.js';
import { AnswerWaiters } from '../idempotency/answer-waiters.js';
import { posting, RunningApi } from '../testing/running-api.js';
import { verifyProjection } from './store/projection.js';

const name = `charges_${process.pid}`;
let api: RunningApi;
let listening: Consumption;
const heard: CloudEvent[] = [];
beforeAll(async () => {
  api = await RunningApi.start(name, { ANSWER_WITHIN_MS: '400', ADMIT_UNSETTLED_PER_NETWORK: '5' });
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
  await api.close();
});

const sql = (label: string, text: string, values: unknown[] = []) =>
  api.administrator.query({ name: `test.${label}`, text }, values);

let account = 0;
const freshKey = (): string => `sk_test_charges${++account}`;
interface Answered {
  status: number;
  body: string;
  json: { id: string; status: string; error: { code: string; type: string; message: string } };
  headers: Headers;
}
async function post(
  path: string,
  form: Record<string, string>,
  key: string,
  idempotencyKey?: string,
): Promise<Answered> {
  const answer = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, ...(idempotencyKey && { 'idempotency-key': idempotencyKey }) },
    body: new URLSearchParams(form),
  });
  const body = await answer.text();
  return { status: answer.status, body, json: JSON.parse(body) as Answered['json'], headers: answer.headers };
}
const order = { amount: '1000', currency: 'usd', source: 'tok_visa' };
const accountOf = async (id: string): Promise<string> =>
  (await sql('account', 'SELECT account FROM charge WHERE id = $1', [id]))[0]!['account'] as string;

describe('a charge whose bank takes its time', () => {
  it('is answered pending when time is up, and that answer stays though the charge succeeds later', async () => {
    const key = freshKey();
    const pending = await post('/v1/charges', order, key, 'slow');
    expect([pending.status, pending.json.status]).toEqual([200, 'pending']);
    const { id } = pending.json;
    await api.deliver(posting(id, await accountOf(id), 1000));
    expect((await post('/v1/charges', order, key, 'slow')).body).toBe(pending.body);
    const now = await fetch(`${api.url}/v1/charges/${id}`, { headers: { authorization: `Bearer ${key}` } });
    expect(await now.json()).toMatchObject({ status: 'succeeded', paid: true });
  });

  it('may be written on meanwhile, and keeps it', async () => {
    const key = freshKey();
    const created = post('/v1/charges', order, key);
    const [id] = await eventually('the charge waits', async () => {
      const ids = await api.unsettled();
      return ids.length > 0 && ids;
    });
    expect((await post(`/v1/charges/${id}`, { description: 'written early' }, key)).json.status).toBe('pending');
    await api.deliver(posting(id!, await accountOf(id!), 1000));
    expect(JSON.parse((await created).body)).toMatchObject({ status: 'succeeded', description: 'written early' });
  });

  it('is asked for again, under the same id and with patience, until it moves', async () => {
    const key = freshKey();
    const { id } = (await post('/v1/charges', order, key)).json;
    const requests = () => heard.filter(({ key }) => key === id);
    await eventually('it was asked for', () => requests().length === 1, { timeoutMs: 20_000 });
    expect(requests()[0]!.resent).toBeFalsy();
    await sql('stall', `UPDATE charge SET next_sweep_at = now() WHERE id = $1`, [id]);
    await eventually('it was asked for again', () => requests().length === 2, { timeoutMs: 20_000 });
    expect(requests()[1]).toMatchObject({ id: requests()[0]!.id, resent: true, data: requests()[0]!.data });
    const [row] = await sql(
      'patience',
      "SELECT sweeps, next_sweep_at > now() + interval '10 s' AS later FROM charge WHERE id = $1",
      [id],
    );
    expect(row).toEqual({ sweeps: 1, later: true });
    await api.deliver(posting(id, await accountOf(id), 1000));
    await sql('stalled', `UPDATE charge SET next_sweep_at = now() WHERE id = $1`, [id]);
    expect(await api.unsettled()).not.toContain(id);
  }, 60_000);

  it('does not let its network fill the whole house', async () => {
    const key = freshKey();
    const amex = { ...order, source: 'tok_amex' };
    const pending = await Promise.all(Array.from({ length: 5 }, () => post('/v1/charges', amex, key)));
    const shed = await post('/v1/charges', amex, key, 'shed');
    expect([shed.status, shed.json.error.code]).toEqual([429, 'rate_limit']);
    expect([shed.headers.get('retry-after'), shed.headers.get('stripe-should-retry')]).toEqual(['1', 'true']);
    const visa = post('/v1/charges', order, key);
    expect((await visa).status).toBe(200);
    for (const { json } of pending) await api.deliver(posting(json.id, await accountOf(json.id), 1000));
    expect((await post('/v1/charges', amex, key, 'shed')).status).toBe(200);
    expect(api.app.get(UnsettledCharges).ordinary.ofNetwork('amex')).toBe(1);
  });
});

describe('what is kept', () => {
  it('holds no card number, no security code and no API key, in any table or on any topic', async () => {
    const key = 'sk_test_VerySecretKeyOfAMerchant';
    const number = '5200828282828210';
    const card = { number, exp_month: '12', exp_year: '2040', cvc: '987', name: 'Ada' };
    const source = Object.fromEntries(Object.entries(card).map(([field, value]) => [`source[${field}]`, value]));
    const { id } = (await post('/v1/charges', { amount: '1000', currency: 'usd', ...source }, key, 'secret')).json;
    const live = { ...source, 'source[number]': '4111111111111111' };
    await post('/v1/charges', { amount: '1000', currency: 'usd', ...live }, key, 'secret-live');
    await eventually('it was published', () => heard.some((event) => event.key === id), { timeoutMs: 20_000 });
    const tables = await sql('tables', `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    const kept = await Promise.all(
      tables.map(({ tablename }) =>
        sql(`dump_${String(tablename)}`, `SELECT to_jsonb(t) AS row FROM "${String(tablename)}" AS t`),
      ),
    );
    const text = JSON.stringify([kept, heard]);
    expect(text).toContain(id);
    for (const secret of [number, '4111111111111111', '"987"', 'VerySecretKey']) expect(text).not.toContain(secret);
  }, 30_000);

  it('follows from the stream of events, row by row', async () => {
    const declined = (await post('/v1/charges', order, freshKey())).json.id;
    const account = await accountOf(declined);
    await api.deliver(bank.authorizationDeclined({ chargeId: declined, account, bank: 'alder', code: 'lost_card' }));
    const before = await verifyProjection(api.database);
    expect(before.checked).toBeGreaterThan(5);
    expect(before.wrong).toEqual([]);
    await sql('tamper', `UPDATE charge SET details = details || '{"description":"forged"}' WHERE id = $1`, [declined]);
    expect((await verifyProjection(api.database)).wrong).toEqual([declined]);
    await sql('restore', `UPDATE charge SET details = details || '{"description":null}' WHERE id = $1`, [declined]);
  });

  it('leaves a second delivery of an ending without effect', async () => {
    const { id } = (await post('/v1/charges', order, freshKey())).json;
    const event = posting(id, await accountOf(id), 1000);
    await api.deliver(event, event);
    await api.deliver(event);
    const [row] = await sql('versions', 'SELECT version FROM charge WHERE id = $1', [id]);
    expect(row).toEqual({ version: 2 });
  });
});

describe('strict keys', () => {
  it('open only what was provisioned, until they are revoked', async () => {
    const strict = await RunningApi.start(name, { API_KEYS: 'strict', INSTANCE_ID: 'strict' });
    try {
      const hash = strict.app.get(KeyedHash);
      // `holdfast key` makes keys. The service’s own login cannot.
      const entities = await entitiesOver(strict.administrator, [ApiKeyEntity]);
      const keys = new ApiKeyRepository(entities.getRepository(ApiKeyEntity));
      const list = async (apiKey: string) =>
        (await fetch(`${strict.url}/v1/charges`, { headers: { authorization: `Bearer ${apiKey}` } })).status;
      expect(await list('sk_test_shop')).toBe(401);
      const provisioned = await provisionKey(keys, hash, { apiKey: 'sk_test_shop', label: 'shop' });
      expect(provisioned).toMatch(/^acct_/);
      expect(await list('sk_test_shop')).toBe(200);
      expect(await list('sk_test_other')).toBe(401);
      const refusals = await Promise.all(Array.from({ length: 200 }, (_, n) => list(`sk_test_stranger-${n}`)));
      expect(new Set(refusals)).toEqual(new Set([401]));
      expect(await list('sk_test_shop')).toBe(200);
      expect(await revokeKey(keys, hash, 'sk_test_shop')).toBe(true);
      await eventually('the key is forgotten', async () => (await list('sk_test_shop')) === 401, { timeoutMs: 10_000 });
    } finally {
      await strict.close();
    }
  }, 60_000);
});

describe('a process that ends', () => {
  it('answers the requests that it holds with the charge as it stands', async () => {
    const ending = await RunningApi.start(name, { ANSWER_WITHIN_MS: '60000', INSTANCE_ID: 'ending' });
    const answer = fetch(`${ending.url}/v1/charges`, {
      method: 'POST',
      headers: { authorization: `Bearer ${freshKey()}` },
      body: new URLSearchParams(order),
    });
    await eventually('the request is held', () => ending.app.get(AnswerWaiters).count === 1);
    await eventually('its charge is there', async () => (await ending.unsettled()).length > 0);
    await ending.close();
    expect(await (await answer).json()).toMatchObject({ object: 'charge', status: 'pending' });
  }, 60_000);
});
