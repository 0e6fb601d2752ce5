import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stripe } from 'stripe';
import { AdminServer } from '#service';
import { usd } from '#money';
import { statement } from '#postgres';
import { errorOf, officialStripe } from '../testing/official-stripe.js';
import { RunningApi } from '../testing/running-api.js';
import type { BalanceTransaction } from './balance-transaction.js';
import { insertTransactions, transactionValues } from './balance-transaction.repository.js';
import { rollUpBalances } from './balance.repository.js';
import { aChargeMoved, aRefundMoved, DAY_MS } from './testing/a-transaction.js';

let api: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start(`sdk_balance_${process.pid}`);
  api.playLaterServices();
}, 60_000);
afterAll(() => api.close());

const stripe = (): Stripe => officialStripe(api);
const order = { amount: 1000, currency: 'usd', source: 'tok_visa' };

async function accountOf(chargeId: string): Promise<string> {
  const text = 'SELECT account FROM charge WHERE id = $1';
  return (await api.database.query<{ account: string }>({ name: 'test.account', text }, [chargeId]))[0]!.account;
}

const insertStatement = statement('test.sdk_insert_transactions', insertTransactions(1));
const write = (account: string, ...transactions: BalanceTransaction[]) =>
  api.database.query(insertStatement, transactionValues(transactions.map((transaction) => ({ account, transaction }))));

describe('the official package', () => {
  it('finds nothing in a new account', async () => {
    const balance = await stripe().balance.retrieve();
    expect(balance).toMatchObject({ object: 'balance', livemode: false });
    expect([balance.available, balance.pending]).toEqual([
      [{ amount: 0, currency: 'usd', source_types: { card: 0 } }],
      [{ amount: 0, currency: 'usd', source_types: { card: 0 } }],
    ]);
    expect((await stripe().balanceTransactions.list()).data).toEqual([]);
  });

  it('sees a charge in its balance as soon as it is told that it succeeded', async () => {
    const client = stripe();
    await client.charges.create(order);
    expect((await client.balance.retrieve()).pending).toEqual([
      { amount: 941, currency: 'usd', source_types: { card: 941 } },
    ]);
    await client.charges.create({ ...order, source: 'tok_chargeDeclined' }).catch(() => undefined);
    await client.charges.create(order);
    await rollUpBalances(api.database);
    expect((await client.balance.retrieve()).pending[0]).toMatchObject({ amount: 1882 });
    expect((await client.balance.retrieve()).available[0]).toMatchObject({ amount: 0 });
  });

  it('has available what was charged days ago, less what was refunded', async () => {
    const client = stripe();
    const account = await accountOf((await client.charges.create(order)).id);
    const longAgo = Date.now() - 5 * DAY_MS;
    await write(
      account,
      aChargeMoved({ rest: 'sdkold1', postedAt: longAgo }),
      aRefundMoved({ rest: 'sdkold2', charge: 'sdkold1', postedAt: longAgo + 1, amount: usd(100) }),
    );
    for (const _ of ['before', 'after']) {
      const { available, pending } = await client.balance.retrieve();
      expect([available[0]!.amount, pending[0]!.amount]).toEqual([841, 941]);
      await rollUpBalances(api.database);
    }
    const { data } = await client.balanceTransactions.list();
    expect(data.map(({ type, status, net }) => [type, status, net])).toEqual([
      ['charge', 'pending', 941],
      ['refund', 'available', -100],
      ['charge', 'available', 941],
    ]);
  });

  it('is shown one object for a balance transaction, wherever it looks', async () => {
    const client = stripe();
    const charge = await client.charges.create({ ...order, description: 'Order 1', expand: ['balance_transaction'] });
    const expanded = charge.balance_transaction as Stripe.BalanceTransaction;
    expect(expanded).toMatchObject({ object: 'balance_transaction', source: charge.id, description: 'Order 1' });
    const retrieved = await client.balanceTransactions.retrieve(expanded.id);
    expect(retrieved).toEqual(expanded);
    expect((await client.balanceTransactions.list()).data).toEqual([expanded]);
    await client.charges.update(charge.id, { description: 'Order 2' });
    expect((await client.balanceTransactions.retrieve(expanded.id)).description).toBe('Order 2');
  });

  it('sees a refund leave its balance, and finds the refund and its charge behind it', async () => {
    const client = stripe();
    const charge = await client.charges.create({ ...order, description: 'Order 1' });
    const refund = await client.refunds.create({ charge: charge.id, amount: 300, expand: ['balance_transaction'] });
    const id = charge.id.replace('ch_', 'txn_');
    expect((await client.balance.retrieve()).pending[0]!.amount).toBe(641);
    const { data } = await client.balanceTransactions.list({ expand: ['data.source', 'data.source.charge'] });
    const sources = data.map(({ source }) => source as Stripe.Charge | Stripe.Refund);
    expect(sources.map((source) => source.object).sort()).toEqual(['charge', 'refund']);
    expect(sources.find((source) => source.object === 'refund')).toMatchObject({
      id: refund.id,
      amount: 300,
      charge: { id: charge.id, amount_refunded: 300 },
    });
    const moved = refund.balance_transaction as Stripe.BalanceTransaction;
    expect(moved).toMatchObject({ net: -300, fee: 0, type: 'refund', description: 'REFUND FOR CHARGE (Order 1)' });
    expect(await client.balanceTransactions.retrieve(moved.id)).toEqual(moved);
    expect((await client.refunds.retrieve(refund.id, { expand: ['balance_transaction'] })).balance_transaction).toEqual(
      moved,
    );
    const expanded = await client.balanceTransactions.retrieve(id, { expand: ['source.refunds'] });
    expect(expanded.source).toMatchObject({ object: 'charge', refunds: { data: [{ id: refund.id }] } });
  });

  it('has a partial capture in its balance as far as it went, and a cancellation not at all', async () => {
    const client = stripe();
    const { id } = await client.charges.create({ ...order, capture: false });
    expect((await client.balanceTransactions.list()).data).toEqual([]);
    await client.charges.capture(id, { amount: 600 });
    expect((await client.balance.retrieve()).pending[0]!.amount).toBe(600 - 47);
    const canceled = await client.charges.create({ ...order, capture: false });
    await client.refunds.create({ charge: canceled.id });
    expect((await client.balanceTransactions.list()).data.map(({ source }) => source)).toEqual([id]);
  });

  it('has its money at once when its own clock says so', async () => {
    const client = stripe();
    const charge = await client.charges.create({ ...order, expand: ['balance_transaction'] });
    const { available_on, id } = charge.balance_transaction as Stripe.BalanceTransaction;
    const clock = await client.testHelpers.testClocks.create({ frozen_time: available_on - 3600 });
    const shown = async () => {
      const { available, pending } = await client.balance.retrieve();
      return [available[0]!.amount, pending[0]!.amount, (await client.balanceTransactions.retrieve(id)).status];
    };
    expect(await shown()).toEqual([0, 941, 'pending']);
    await client.testHelpers.testClocks.advance(clock.id, { frozen_time: available_on });
    expect(await shown()).toEqual([941, 0, 'available']);
  });

  it('pages and filters', async () => {
    const client = stripe();
    const account = await accountOf((await client.charges.create(order)).id);
    const [first] = (await client.balanceTransactions.list()).data;
    const daysLater = (days: number) => first!.created * 1000 + days * DAY_MS;
    const later = [1, 2, 3, 4].map((day) =>
      day === 3
        ? aRefundMoved({ rest: `sdkpage${day}`, charge: 'sdkpage1', postedAt: daysLater(day) })
        : aChargeMoved({ rest: `sdkpage${day}`, postedAt: daysLater(day) }),
    );
    await write(account, ...later);
    const ids = [first!.id, ...later.map(({ id }) => id)].reverse();

    const all: string[] = [];
    for await (const { id } of client.balanceTransactions.list({ limit: 2 })) all.push(id);
    expect(all).toEqual(ids);
    const reversed: string[] = [];
    for await (const { id } of client.balanceTransactions.list({ limit: 2, ending_before: ids[4]! })) reversed.push(id);
    expect(reversed).toEqual(ids.slice(0, 4).reverse());

    const found = async (params: Stripe.BalanceTransactionListParams) =>
      (await client.balanceTransactions.list(params)).data.map(({ id }) => id);
    expect(await found({ type: 'refund' })).toEqual([ids[1]]);
    expect(await found({ type: 'payout' })).toEqual([]);
    expect(await found({ payout: 'po_1' })).toEqual([]);
    expect(await found({ currency: 'usd', limit: 1 })).toEqual([ids[0]]);
    expect(await found({ currency: 'eur' })).toEqual([]);
    expect(await found({ source: first!.source as string })).toEqual([first!.id]);
    expect(await found({ source: 're_sdkpage3' })).toEqual([ids[1]]);
    expect(await found({ created: { gt: first!.created }, limit: 100 })).toEqual(ids.slice(0, 4));
    expect(await found({ created: first!.created })).toEqual([first!.id]);
  });

  it('is told what it got wrong', async () => {
    const client = stripe();
    expect(await errorOf(client.balanceTransactions.retrieve('txn_nope'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
    });
    expect(await errorOf(client.balanceTransactions.list({ starting_after: 'txn_nope' }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'starting_after',
    });
    for (const wrong of [{ type: 'chargee' }, { currency: 'xyz' }, { limit: 0 }, { colour: 'red' }]) {
      const error = await errorOf(client.balanceTransactions.list(wrong));
      expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
      expect([error.statusCode, error.param]).toEqual([400, Object.keys(wrong)[0]]);
    }
    expect(await errorOf(client.balance.retrieve({ expand: ['available'] }))).toMatchObject({ statusCode: 400 });
  });

  it('sees nothing of another account', async () => {
    const [mine, theirs] = [stripe(), stripe()];
    const charge = await mine.charges.create(order);
    const id = charge.balance_transaction as string;
    expect(await errorOf(theirs.balanceTransactions.retrieve(id))).toMatchObject({ statusCode: 404 });
    expect(await errorOf(theirs.balanceTransactions.list({ ending_before: id }))).toMatchObject({ statusCode: 400 });
    expect((await theirs.balanceTransactions.list()).data).toEqual([]);
    expect((await theirs.balanceTransactions.list({ source: charge.id })).data).toEqual([]);
    expect((await theirs.balance.retrieve()).pending[0]).toMatchObject({ amount: 0 });
  });
});

describe('operators', () => {
  it('see what an account’s balance is made of, and that all of it follows', async () => {
    const client = stripe();
    const { id } = await client.charges.create(order);
    const look = async (path: string) => (await fetch(`${api.app.get(AdminServer).url}${path}`)).json();
    expect(await look(`/balances/${await accountOf(id)}`)).toMatchObject([
      { currency: 'usd', transactions: 1, amountMinor: 1000, feeMinor: 59, netMinor: 941 },
    ]);
    expect(await look('/balance-audit')).toEqual({ miscounted: [], unmoved: [] });
  });
});
