import { execFile } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Stripe } from 'stripe';
import { bankProtocol } from '#contracts';
import { startRuntime, type Runtime } from '../../infra/local/runtime.js';
import { testCards } from '../../apps/payments-api/src/test-cards/test-card.js';
import { secretsLeft } from './secrets.js';
import { SOUND, SystemUnderTest, answerFields } from './system.js';

jest.setTimeout(120_000);

let system: SystemUnderTest;
beforeAll(async () => {
  system = await SystemUnderTest.start({ instances: { 'payments-api': 2 } });
});
afterAll(() => system?.stop());

const order = { amount: 1_000, currency: 'usd', source: 'tok_visa' };
const card = (number: string) => ({ object: 'card', number, exp_month: 12, exp_year: 2040, cvc: '123' });
/** The package's types no longer have raw card numbers as a source, but clients still send them. */
const orderWith = (source: unknown) => ({ ...order, source }) as unknown as Stripe.ChargeCreateParams;

async function errorOf(promise: Promise<unknown>): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  const outcome = await promise.then(
    () => 'it should have been refused',
    (error: unknown) => error,
  );
  if (outcome instanceof Stripe.errors.StripeError) return outcome;
  throw outcome;
}

const { StripeCardError, StripeInvalidRequestError, StripeAuthenticationError } = Stripe.errors;
const { StripeIdempotencyError, StripePermissionError, StripeRateLimitError } = Stripe.errors;

describe('the official package, unmodified', () => {
  it('charges a card of every brand, by number and by token', async () => {
    const client = system.stripe();
    const approved = testCards.filter(({ behavior }) => behavior === 'approve');
    expect(new Set(approved.map(({ brand }) => brand))).toEqual(new Set(bankProtocol.brands));
    const orders = approved.flatMap(({ number, brand, country, names }) =>
      [card(number), ...names.flatMap((name) => [`tok_${name}`, `pm_card_${name}`])].map((source) => async () => {
        const charge = await client.charges.create(orderWith(source));
        expect(charge).toMatchObject({ status: 'succeeded', paid: true, captured: true, amount_captured: 1_000 });
        expect(charge.payment_method_details?.card).toMatchObject({ brand, country, last4: number.slice(-4) });
      }),
    );
    // Fewer than an account may have in progress.
    while (orders.length > 0) await Promise.all(orders.splice(0, 32).map((place) => place()));
    expect(await system.verdictAtRest()).toMatch(SOUND);
  });

  const declined = testCards.filter(({ behavior }) => behavior !== 'approve');
  it.each(declined.map(({ number, behavior, names }) => [behavior, number, names] as const))(
    'is declined with %s by card %s and each of its tokens, and finds the failed charge',
    async (behavior, number, names) => {
      const client = system.stripe();
      const code = ['expired_card', 'incorrect_cvc', 'processing_error', 'authentication_required'].includes(behavior)
        ? behavior
        : 'card_declined';
      const declineCode = behavior === 'attaches_then_fails' ? 'generic_decline' : behavior;
      for (const source of [card(number), ...names.flatMap((name) => [`tok_${name}`, `pm_card_${name}`])]) {
        const error = await errorOf(client.charges.create(orderWith(source)));
        expect(error).toBeInstanceOf(StripeCardError);
        expect(error).toMatchObject({ statusCode: 402, type: 'StripeCardError', code, decline_code: declineCode });
        const charge = await client.charges.retrieve(error.charge!);
        expect(charge).toMatchObject({ status: 'failed', paid: false, captured: false, failure_code: code });
      }
    },
  );

  it('retrieves, updates, lists by both cursors, and paginates automatically', async () => {
    const client = system.stripe();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await client.charges.create({ ...order, amount: 1_000 + n })).id);
    const [newest, second, middle, fourth, oldest] = ids as [string, string, string, string, string];

    expect(await client.charges.retrieve(middle)).toMatchObject({ id: middle, amount: 1_002 });
    const updated = await client.charges.update(middle, { description: 'a book', metadata: { shelf: '7' } });
    expect(updated).toMatchObject({ description: 'a book', metadata: { shelf: '7' } });
    expect(await client.charges.retrieve(middle)).toEqual(updated);

    const page = async (parameters: Stripe.ChargeListParams) => {
      const { data, has_more } = await client.charges.list(parameters);
      return [...data.map(({ id }) => id), has_more];
    };
    expect(await page({ limit: 2 })).toEqual([newest, second, true]);
    expect(await page({ limit: 2, starting_after: second })).toEqual([middle, fourth, true]);
    expect(await page({ limit: 2, ending_before: fourth })).toEqual([second, middle, true]);
    expect(await page({ limit: 2, starting_after: fourth })).toEqual([oldest, false]);
    const all: string[] = [];
    for await (const { id } of client.charges.list({ limit: 2 })) all.push(id);
    expect(all).toEqual(ids);
    const backwards: string[] = [];
    for await (const { id } of client.charges.list({ limit: 2, ending_before: oldest })) backwards.push(id);
    expect(backwards).toEqual([fourth, middle, second, newest]);
  });

  it('expands the balance transaction, with the fee of the charge', async () => {
    const client = system.stripe();
    const created = await client.charges.create({ ...order, expand: ['balance_transaction'] });
    expect(created.balance_transaction).toMatchObject({ amount: 1_000, fee: 59, net: 941, source: created.id });
    expect(await client.charges.retrieve(created.id, { expand: ['balance_transaction'] })).toEqual(created);
    const { id } = created.balance_transaction as Stripe.BalanceTransaction;
    expect((await client.charges.retrieve(created.id)).balance_transaction).toBe(id);
  });

  it('throws the error class of each mistake', async () => {
    const client = system.stripe();
    const invalid = await errorOf(client.charges.create({ ...order, amount: 1 }));
    expect(invalid).toBeInstanceOf(StripeInvalidRequestError);
    expect(invalid).toMatchObject({ statusCode: 400, code: 'amount_too_small', param: 'amount' });
    const missing = await errorOf(client.charges.retrieve('4242424242424242'));
    expect(missing).toBeInstanceOf(StripeInvalidRequestError);
    expect(missing).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    const misplaced = await errorOf(client.charges.create({ ...order, source: '4242424242424242' }));
    expect(misplaced).toMatchObject({ statusCode: 400, param: 'source' });
    const grammar = await errorOf(client.charges.create({ ...order, source: 'tok_fault_capture_explode' }));
    expect(grammar).toMatchObject({ statusCode: 400, param: 'source', message: expect.stringContaining('drop_after') });
    const unknown = await errorOf(system.stripe({ apiKey: 'sk_live_0123456789abcdef' }).charges.list());
    expect(unknown).toBeInstanceOf(StripeAuthenticationError);
    const connected = await errorOf(client.charges.list({}, { stripeAccount: 'acct_other' }));
    expect(connected).toBeInstanceOf(StripePermissionError);

    const idempotencyKey = 'order-1';
    const first = await client.charges.create(order, { idempotencyKey });
    expect(await client.charges.create(order, { idempotencyKey })).toEqual(first);
    const other = await errorOf(client.charges.create({ ...order, amount: 2_000 }, { idempotencyKey }));
    expect(other).toBeInstanceOf(StripeIdempotencyError);
    const elsewhere = await errorOf(client.charges.update(first.id, {}, { idempotencyKey }));
    expect(elsewhere).toBeInstanceOf(StripeIdempotencyError);
  });
});

describe('one key', () => {
  it('from 50 connections over two instances is one charge, one authorization, and one answer to the byte', async () => {
    const apiKey = system.newApiKey();
    const lift = await system.fault({ fault: 'latency', scope: { bank: 'cedar' }, parameters: { delayMs: 300 } });
    const asked = { apiKey, idempotencyKey: 'one', source: 'tok_amex' };
    const stormed = await Promise.all(
      Array.from({ length: 50 }, (_, n) => system.charge({ ...asked, at: system.apis[n % 2]! })),
    );
    await lift();
    const replayed = await Promise.all(system.apis.map((at) => system.charge({ ...asked, at })));

    const answers = [...stormed, ...replayed].filter(({ status }) => status !== 409);
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(answerFields(answers[0]!)).toMatchObject({ status: 'succeeded' });
    const conflicts = stormed.filter(({ status }) => status === 409);
    expect(conflicts.filter((reply) => answerFields(reply).error?.code !== 'idempotency_key_in_use')).toEqual([]);
    const { data } = await system.stripe({ apiKey }).charges.list();
    expect(data.map(({ id }) => id)).toEqual([answers[0]!.chargeId]);
    const requests = (await system.journal('cedar')).filter(
      (record) => record.type === 'request' && record.chargeId === data[0]!.id,
    );
    expect(requests.map((record) => record.type === 'request' && record.operation)).toEqual(['authorize', 'capture']);
    expect(await system.verdictAtRest()).toMatch(SOUND);
  });
});

describe('an account', () => {
  it('is invisible to the key of another account', async () => {
    const [mine, theirs] = [system.stripe(), system.stripe()];
    const { id } = await mine.charges.create(order, { idempotencyKey: 'shared' });
    expect(await errorOf(theirs.charges.retrieve(id))).toMatchObject({ statusCode: 404 });
    expect(await errorOf(theirs.charges.update(id, { description: 'x' }))).toMatchObject({ statusCode: 404 });
    expect(await errorOf(theirs.charges.list({ starting_after: id }))).toMatchObject({ statusCode: 400 });
    expect(await errorOf(theirs.charges.list({ ending_before: id }))).toMatchObject({ statusCode: 400 });
    expect((await theirs.charges.list()).data).toEqual([]);
    const other = await theirs.charges.create({ ...order, amount: 2_000 }, { idempotencyKey: 'shared' });
    expect(other.id).not.toBe(id);
    expect((await mine.charges.list()).data.map((charge) => charge.id)).toEqual([id]);
    expect((await mine.charges.retrieve(id)).description).toBeNull();
  });
});

describe('an instance with strict keys and low admission limits', () => {
  /** Strict mode rejects the published default secret. */
  const secret = { API_SECRET: 'known to this test alone' };
  let strict: Runtime;
  beforeAll(async () => {
    const dataDir = `${system.dataDir}/strict`;
    // Two supervisors of one Postgres give its logins the same passwords, or the second would lock out the first.
    await mkdir(`${dataDir}/data`, { recursive: true });
    await copyFile(`${system.dataDir}/data/postgres-logins.json`, `${dataDir}/data/postgres-logins.json`);
    strict = await startRuntime({
      dataDir,
      ports: 'free',
      services: ['payments-api'],
      databaseUrl: system.databaseUrl,
      kafkaBrokers: system.kafkaAs('supervisor').brokers.join(','),
      kafkaSecurity: system.kafkaAs('supervisor'),
      env: { INSTANCE_ID: 'payments-api-strict', API_KEYS: 'strict', ADMIT_UNSETTLED_PER_ACCOUNT: '1', ...secret },
    });
  });
  afterAll(() => strict?.stop());

  async function provision(...words: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli/src/main.js', 'key', ...words], {
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: system.operatorsUrl, ...secret },
    });
    return stdout.trim().split('\n').at(-1)!;
  }

  it('admits a provisioned key and no other', async () => {
    const at = strict.urls.api;
    const stranger = await errorOf(system.stripe({ at }).charges.create(order));
    expect(stranger).toBeInstanceOf(StripeAuthenticationError);
    const apiKey = await provision('a shop');
    expect(await system.stripe({ apiKey, at }).charges.create(order)).toMatchObject({ status: 'succeeded' });
    expect(await provision('--revoke', apiKey)).toBe('revoked');
  });

  it('sheds excess requests with a RateLimitError, before anything is stored', async () => {
    const at = strict.urls.api;
    const client = system.stripe({ apiKey: await provision('a busy shop'), at });
    // By a fault rule, because charges with fault tokens have separate admission counts.
    const lift = await system.fault({ fault: 'hang', scope: { bank: 'alder' }, operation: 'authorize', times: 1 });
    const waiting = client.charges.create({ ...order, source: 'tok_visa' });
    const shed = await errorOf(
      (async () => {
        while ((await client.charges.list()).data.length === 0);
        return client.charges.create(order);
      })(),
    );
    expect(shed).toBeInstanceOf(StripeRateLimitError);
    expect(shed.headers).toMatchObject({ 'retry-after': '1', 'stripe-should-retry': 'true' });
    const { id } = await waiting;
    await lift();
    expect((await client.charges.list()).data.map((charge) => charge.id)).toEqual([id]);
    expect(await system.verdictAtRest()).toMatch(SOUND);
  });
});

it('has written no card number and no API key anywhere', async () => {
  expect(await secretsLeft(system)).toEqual([]);
});
