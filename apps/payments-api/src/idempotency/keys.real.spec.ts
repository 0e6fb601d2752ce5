import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CommitUnknownError, type Database } from '#postgres';
import { eventually } from '#testing';
import { posting, RunningApi } from '../testing/running-api.js';
import { AnswerWaiters } from './answer-waiters.js';
import { pruneKeys } from './key.repository.js';
import { KeyViewRepository } from './key-view.repository.js';

const name = `keys_${process.pid}`;
let one: RunningApi;
let two: RunningApi;
beforeAll(async () => {
  one = await RunningApi.start(name, { INSTANCE_ID: 'one' });
  two = await RunningApi.start(name, { INSTANCE_ID: 'two' });
  await eventually('both instances show that they live', async () => {
    const rows = await sql('lives', `SELECT name FROM lease WHERE name IN ('instance-one', 'instance-two')`);
    return rows.length === 2;
  });
}, 60_000);
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
});

const sql = (label: string, text: string, values: unknown[] = []) =>
  one.administrator.query({ name: `test.${label}`, text }, values);

let account = 0;
let authorization = '';
beforeEach(() => {
  authorization = `Bearer sk_test_keys${++account}`;
});

interface Answered {
  status: number;
  body: string;
  headers: Headers;
}
async function create(
  api: RunningApi,
  key: string | undefined,
  form: Record<string, string> = {},
): Promise<Answered & { json: { id: string; status: string; error?: { code: string; type: string } } }> {
  const answer = await fetch(`${api.url}/v1/charges`, {
    method: 'POST',
    headers: { authorization, ...(key !== undefined && { 'idempotency-key': key }) },
    body: new URLSearchParams({ amount: '1000', currency: 'usd', source: 'tok_visa', ...form }),
  });
  const body = await answer.text();
  return { status: answer.status, body, headers: answer.headers, json: JSON.parse(body) as never };
}

/** The charge that was opened under the key. */
async function theCharge(key: string): Promise<{ id: string; account: string }> {
  return eventually(`a charge stands under ${key}`, async () => {
    const rows = await sql('charge_of_key', 'SELECT id, account FROM charge WHERE idempotency_key = $1', [key]);
    return rows[0] as { id: string; account: string } | undefined;
  });
}
async function settle(api: RunningApi, key: string): Promise<void> {
  const { id, account } = await theCharge(key);
  await api.deliver(posting(id, account, 1000));
}

/** Runs with one `Database.transaction` that fails like a lost connection. */
async function withFailingCommit<T>(happened: boolean, work: () => Promise<T>): Promise<T> {
  const database = one.database;
  const original = Object.getPrototypeOf(database).transaction as Database['transaction'];
  database.transaction = async (inner) => {
    Reflect.deleteProperty(database, 'transaction');
    if (happened) await original.call(database, inner as never);
    throw new CommitUnknownError(new Error('the connection was lost'));
  };
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(database, 'transaction');
  }
}

describe('one key', () => {
  it('opens one charge, from 50 connections over two instances, and every answer is the same to the byte', async () => {
    const answers = Promise.all(Array.from({ length: 50 }, (_, n) => create(n % 2 ? one : two, 'fifty')));
    await settle(two, 'fifty');
    const first = await answers;
    const conflicts = first.filter(({ status }) => status === 409);
    const answered = first.filter(({ status }) => status === 200);
    expect(conflicts.length + answered.length).toBe(50);
    expect(answered.length).toBeGreaterThanOrEqual(1);
    expect(conflicts.map(({ json, headers }) => [json.error, headers.get('stripe-should-retry')])).toEqual(
      conflicts.map(() => [
        expect.objectContaining({ code: 'idempotency_key_in_use', type: 'invalid_request_error' }),
        'true',
      ]),
    );
    const again = await Promise.all(Array.from({ length: 10 }, (_, n) => create(n % 2 ? one : two, 'fifty')));
    expect(new Set([...answered, ...again].map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(new Set(again.map(({ headers }) => headers.get('original-request'))).size).toBe(1);
    const rows = await sql('charges', `SELECT count(*) AS n FROM charge WHERE idempotency_key = 'fifty'`);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('is refused at once while its first request runs, here and at another instance', async () => {
    const first = create(one, 'running');
    await theCharge('running');
    for (const api of [one, two]) {
      expect((await create(api, 'running')).status).toBe(409);
      expect((await create(api, 'running', { amount: '2000' })).json.error).toMatchObject({
        type: 'idempotency_error',
      });
    }
    await settle(one, 'running');
    expect((await first).json.status).toBe('succeeded');
  });

  it('is waited for by the second request when the instance of the first is gone', async () => {
    const first = create(one, 'orphan');
    await theCharge('orphan');
    await sql('lapse', `UPDATE lease SET expires_at = now() - interval '1 s' WHERE name = 'instance-one'`);
    const second = create(two, 'orphan');
    await eventually('the second waits at its own instance', () => two.app.get(AnswerWaiters).count === 1);
    await settle(two, 'orphan');
    const answers = await Promise.all([first, second]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0].body).toBe(answers[1].body);
    expect(answers[1].headers.get('idempotent-replayed')).toBe('true');
  });

  it('is answered by whichever instance settles the charge', async () => {
    const answer = create(one, 'elsewhere');
    await settle(two, 'elsewhere');
    expect((await answer).json.status).toBe('succeeded');
  });

  it('belongs to its account alone', async () => {
    const mine = create(one, 'shared');
    await settle(one, 'shared');
    authorization = 'Bearer sk_test_somebody_else';
    const theirs = create(one, 'shared', { amount: '3000' });
    const other = await eventually('the other charge', async () => {
      const rows = await sql(
        'other',
        `SELECT id, account FROM charge WHERE idempotency_key = 'shared' AND state = 'requested'`,
      );
      return rows[0] as { id: string; account: string } | undefined;
    });
    await one.deliver(posting(other.id, other.account, 3000));
    expect((await theirs).json.id).not.toBe((await mine).json.id);
  });

  it('is not used up by parameters that are not valid', async () => {
    const invalid = await create(one, 'invalid', { amount: '1' });
    expect(invalid.status).toBe(400);
    const valid = create(one, 'invalid');
    await settle(one, 'invalid');
    expect((await valid).status).toBe(200);
  });

  it('keeps a card error that was known at the edge', async () => {
    const live = { 'source[number]': '4111111111111111', 'source[exp_month]': '1', 'source[exp_year]': '2040' };
    const form = { amount: '1000', currency: 'usd', ...live };
    const send = async () => {
      const answer = await fetch(`${one.url}/v1/charges`, {
        method: 'POST',
        headers: { authorization, 'idempotency-key': 'live' },
        body: new URLSearchParams(form),
      });
      return { status: answer.status, body: await answer.text(), replayed: answer.headers.get('idempotent-replayed') };
    };
    const first = await send();
    expect(first).toMatchObject({ status: 402, replayed: null });
    expect(await send()).toEqual({ ...first, replayed: 'true' });
  });

  it('may be left out', async () => {
    const answer = create(one, undefined);
    const charge = await eventually('the charge', async () => {
      const rows = await sql(
        'without',
        `SELECT id, account FROM charge WHERE idempotency_key LIKE ' req_%' AND state = 'requested'`,
      );
      return rows[0] as { id: string; account: string } | undefined;
    });
    await one.deliver(posting(charge.id, charge.account, 1000));
    const { status, headers } = await answer;
    expect([status, headers.get('idempotency-key'), headers.get('original-request')]).toEqual([200, null, null]);
  });
});

describe('a commit whose outcome is unknown', () => {
  it('is settled by claiming again when it had happened', async () => {
    const answer = withFailingCommit(true, () => {
      const sent = create(one, 'unknown-yes');
      return Promise.all([sent, settle(two, 'unknown-yes')]).then(([first]) => first);
    });
    const { status, headers } = await answer;
    expect([status, headers.get('idempotent-replayed')]).toEqual([200, null]);
  });

  it('is settled by claiming again when it had not', async () => {
    const answer = await withFailingCommit(false, () => {
      const sent = create(one, 'unknown-no');
      return Promise.all([sent, settle(two, 'unknown-no')]).then(([first]) => first);
    });
    expect(answer.status).toBe(200);
    const rows = await sql('unknown', `SELECT count(*) AS n FROM charge WHERE idempotency_key LIKE 'unknown-%'`);
    expect(rows).toEqual([{ n: 2 }]);
  });
});

describe('a request that breaks in the middle', () => {
  it('fails no neighbour of its batch, and its 500 is kept under its key', async () => {
    await sql(
      'poison',
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$`,
    );
    await sql(
      'arm',
      'CREATE TRIGGER poison BEFORE INSERT ON charge FOR EACH ROW WHEN (NEW.amount_minor = 666) EXECUTE FUNCTION refuse()',
    );
    const neighbours = Array.from({ length: 10 }, (_, n) => create(one, `neighbour-${n}`));
    const poisoned = await create(one, 'poisoned', { amount: '666' });
    expect(poisoned.status).toBe(500);
    expect(poisoned.json.error).toMatchObject({ type: 'api_error' });
    for (let n = 0; n < 10; n++) await settle(one, `neighbour-${n}`);
    expect((await Promise.all(neighbours)).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    await sql('disarm', 'DROP TRIGGER poison ON charge');
    const again = await create(one, 'poisoned', { amount: '666' });
    expect([again.status, again.body, again.headers.get('idempotent-replayed')]).toEqual([500, poisoned.body, 'true']);
  });
});

describe('an operator who looks at a key', () => {
  it('sees since when it stands, when it was answered, and what; by the request’s id when there was no key', async () => {
    const asked = create(one, 'looked-at');
    const { account: owner } = await theCharge('looked-at');
    const keys = one.app.get(KeyViewRepository, { strict: false });
    expect(await keys.find({ account: owner, key: 'looked-at' })).toMatchObject({ answer: null });
    await settle(one, 'looked-at');
    const { body } = await asked;
    const seen = (await keys.find({ account: owner, key: 'looked-at' }))!;
    expect(seen.answer).toEqual({ status: 200, body, answeredAt: expect.any(Number) });
    expect(seen.answer!.answeredAt).toBeGreaterThanOrEqual(seen.claimedAt);

    for (const table of ['idempotency_key', 'idempotency_answer'])
      await sql(`rename_${table}`, `UPDATE ${table} SET key = ' req_of_no_key' WHERE key = 'looked-at'`);
    expect(await keys.find({ account: owner, key: 'req_of_no_key' })).toMatchObject({
      key: ' req_of_no_key',
      answer: { status: 200 },
    });
    expect(await keys.find({ account: owner, key: 'unknown' })).toBeUndefined();
  });
});

describe('the reaper', () => {
  it('takes keys a day after their answer, and never an unfinished one', async () => {
    const finished = create(one, 'old');
    await settle(one, 'old');
    await finished;
    const unfinished = create(one, 'unfinished');
    await theCharge('unfinished');
    const day = 24 * 60 * 60 * 1_000;
    const keys = async () =>
      (await sql('left', `SELECT key FROM idempotency_key WHERE key IN ('old', 'unfinished') ORDER BY key`)).map(
        (row) => row['key'],
      );
    await pruneKeys(one.database, day, 100);
    expect(await keys()).toEqual(['old', 'unfinished']);
    await sql('age', `UPDATE idempotency_answer SET answered_at = answered_at - interval '25 h'`);
    await pruneKeys(one.database, day, 100);
    expect(await keys()).toEqual(['unfinished']);
    await settle(one, 'unfinished');
    await unfinished;
  });
});
