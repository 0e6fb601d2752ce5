import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Stripe } from 'stripe';
import { eventually } from '#testing';
import { SOUND, SystemUnderTest, brandAt, answerFields, sourceAt, type BankName } from './system.js';

jest.setTimeout(180_000);

let system: SystemUnderTest;
beforeAll(async () => {
  system = await SystemUnderTest.start();
});
afterAll(() => system?.stop());

const banks = Object.keys(brandAt) as BankName[];
const DAY_S = 24 * 60 * 60;
const feeOn = (amount: number): number => Math.round(amount * 0.029) + 30;

/** Balance of an account: available plus pending, in minor units. */
async function totalOf(stripe: Stripe): Promise<number> {
  const { available, pending } = await stripe.balance.retrieve();
  return [...available, ...pending].reduce((sum, { amount }) => sum + amount, 0);
}

describe('the official package', () => {
  it.each(banks)('authorizes at %s, captures a part, refunds in parts, with the right balance', async (bank) => {
    const apiKey = system.newApiKey();
    const stripe = system.stripe({ apiKey });
    const { chargeId } = await system.charge({ apiKey, source: sourceAt[bank], amount: 5_000, capture: false });
    const authorized = await stripe.charges.retrieve(chargeId!);
    expect(authorized).toMatchObject({ status: 'succeeded', captured: false, balance_transaction: null });

    const captured = await stripe.charges.capture(chargeId!, { amount: 3_000 });
    expect(captured).toMatchObject({ captured: true, amount_captured: 3_000, amount_refunded: 2_000, refunded: false });
    expect(await totalOf(stripe)).toBe(3_000 - feeOn(3_000));

    const first = await stripe.refunds.create({ charge: chargeId!, amount: 1_000 });
    const second = await stripe.refunds.create({ charge: chargeId!, reason: 'requested_by_customer' });
    expect([first, second]).toMatchObject([
      { status: 'succeeded', amount: 1_000 },
      { status: 'succeeded', amount: 2_000, reason: 'requested_by_customer' },
    ]);
    await expect(stripe.refunds.create({ charge: chargeId! })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    expect(await stripe.charges.retrieve(chargeId!)).toMatchObject({ refunded: true, amount_refunded: 5_000 });
    const { data: refunds } = await stripe.refunds.list({ charge: chargeId! });
    const rest = { amount: 2_000, status: 'succeeded', reason: null, balance_transaction: null };
    expect(refunds).toMatchObject([{ id: second.id }, { id: first.id }, rest]);

    // A refund does not return the fee.
    expect(await totalOf(stripe)).toBe(-feeOn(3_000));
    const entries = await stripe.balanceTransactions.list();
    expect(entries.data.map(({ type, amount, fee, source }) => [type, amount, fee, source])).toEqual([
      ['refund', -2_000, 0, second.id],
      ['refund', -1_000, 0, first.id],
      ['charge', 3_000, feeOn(3_000), chargeId],
    ]);
    const refund = await stripe.refunds.retrieve(first.id, { expand: ['balance_transaction'] });
    expect(refund.balance_transaction).toMatchObject({ object: 'balance_transaction', net: -1_000 });
  });

  it.each(banks)('cancels an authorization at %s, after which a capture is refused', async (bank) => {
    const apiKey = system.newApiKey();
    const stripe = system.stripe({ apiKey });
    const { chargeId } = await system.charge({ apiKey, source: sourceAt[bank], capture: false });
    const refund = await stripe.refunds.create({ charge: chargeId! });
    expect(refund).toMatchObject({ status: 'succeeded', balance_transaction: null });
    expect(await stripe.charges.retrieve(chargeId!)).toMatchObject({ captured: false, refunded: true });
    await expect(stripe.charges.capture(chargeId!)).rejects.toMatchObject({ code: 'charge_already_refunded' });
    expect(await system.standingAt(chargeId!)).toEqual({ authorization: [], capture: [] });
    expect(await totalOf(stripe)).toBe(0);
  });

  it('expires an authorization after seven days of the account’s test clock', async () => {
    const stripe = system.stripe({ apiKey: system.newApiKey() });
    const now = Math.floor(Date.now() / 1_000);
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: now });
    const { id } = await stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_visa', capture: false });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: now + 6 * DAY_S });
    expect(await stripe.charges.retrieve(id)).toMatchObject({ refunded: false });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: now + 8 * DAY_S });
    await eventually('the authorization has lapsed', async () => (await stripe.charges.retrieve(id)).refunded);
    await expect(stripe.charges.capture(id)).rejects.toMatchObject({ code: 'charge_expired_for_capture' });
    expect(await system.standingAt(id)).toEqual({ authorization: [], capture: [] });
  });

  it('refunds the first charge of an account, and refuses a refund beyond the overdraft', async () => {
    const stripe = system.stripe({ apiKey: system.newApiKey() });
    const order = { amount: 2_000, currency: 'usd', source: 'tok_visa' };
    const first = await stripe.charges.create(order);
    expect(await stripe.refunds.create({ charge: first.id })).toMatchObject({ status: 'succeeded' });
    expect(await totalOf(stripe)).toBe(-feeOn(2_000));

    const second = await stripe.charges.create(order);
    expect(await system.limit(await system.accountOf(second.id), '--overdraft', '0', 'usd')).toContain('{ usd: 0 }');
    await expect(stripe.refunds.create({ charge: second.id })).rejects.toMatchObject({ code: 'balance_insufficient' });
    const [refused] = (await stripe.refunds.list({ charge: second.id })).data;
    expect(refused).toMatchObject({ status: 'failed', failure_reason: 'insufficient_funds' });
    expect(await stripe.charges.retrieve(second.id)).toMatchObject({ refunded: false, amount_refunded: 0 });
    expect(await system.verdictAtRest()).toMatch(SOUND);
  });
});

/** Waits until the gateway has taken the closing slot for the request. */
async function begun(chargeId: string, request: 'capture' | 'refund'): Promise<void> {
  const kind = request === 'capture' ? 'capture' : 'void';
  await eventually(`the ${kind} has begun`, async () => {
    const taken = 'SELECT FROM bank_operation WHERE charge_id = $1 AND kind = $2';
    return (await system.sql('bank_gateway', taken, [chargeId, kind])).length > 0;
  });
}

describe('a race', () => {
  it('between a capture and a cancellation has one winner, and each wins sometimes', async () => {
    const winners = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const apiKey = system.newApiKey();
        const bank = banks[n % banks.length]!;
        const { chargeId } = await system.charge({ apiKey, source: sourceAt[bank], capture: false });
        const [first, second] = n % 2 === 0 ? (['capture', 'refund'] as const) : (['refund', 'capture'] as const);
        const ask = (request: typeof first) => Array.from({ length: 3 }, () => system[request](chargeId!, { apiKey }));
        const sooner = ask(first);
        // Half of the pairs at the same moment; half once the gateway has begun the first request.
        if (n % 4 >= 2) await Promise.race([begun(chargeId!, first), Promise.all(sooner)]);
        const reply = await Promise.all([...sooner, ...ask(second)]);
        const captured = reply.some((each) => each.asked === 'capture' && answerFields(each).captured);
        const canceled = reply.some((each) => each.asked === 'refund' && answerFields(each).status === 'succeeded');
        const waits = reply.some((each) => answerFields(each).status === 'pending');
        const { capture } = await system.standingAt(chargeId!);
        return { chargeId, captured, canceled, waits, capture: capture.length };
      }),
    );
    const reply = winners.filter(({ captured, canceled, waits }) => (captured || canceled) && !waits);
    // A refund after the capture returns captured money, so both may succeed, one after the other.
    expect(reply.map(({ chargeId, capture }) => [chargeId, capture])).toEqual(
      reply.map(({ chargeId, canceled }) => [chargeId, canceled ? 0 : 1]),
    );
    expect(reply.filter(({ captured }) => captured).length).toBeGreaterThan(0);
    expect(reply.filter(({ captured, canceled }) => canceled && !captured).length).toBeGreaterThan(0);
    expect(await system.verdictAtRest()).toMatch(SOUND);
  });

  it('between many refunds never refunds more than was captured', async () => {
    const apiKey = system.newApiKey();
    const { chargeId } = await system.charge({ apiKey, amount: 1_000 });
    const reply = await Promise.all(Array.from({ length: 24 }, () => system.refund(chargeId!, { apiKey, amount: 90 })));
    expect(reply.filter(({ status }) => status === 200)).toHaveLength(11);
    expect(new Set(reply.filter(({ status }) => status !== 200).map(({ status }) => status))).toEqual(new Set([400]));
    expect(await system.verdictAtRest()).toMatch(SOUND);
  });

  it('between two full refunds of each of hundreds of charges refunds each once, so only the fees remain', async () => {
    const apiKey = system.newApiKey();
    const stripe = system.stripe({ apiKey });
    const amount = 1_500;
    const count = 400;
    const one = async (n: number): Promise<void> => {
      const source = sourceAt[banks[n % banks.length]!];
      const { chargeId } = await system.charge({ apiKey, amount, source });
      const idempotencyKey = `refund-${n}`;
      await Promise.all([0, 1].map(() => system.refund(chargeId!, { apiKey, idempotencyKey })));
      const other = await system.refund(chargeId!, { apiKey });
      expect(answerFields(other).error).toMatchObject({ code: 'charge_already_refunded' });
    };
    for (let n = 0; n < count; n += 40) await Promise.all(Array.from({ length: 40 }, (_, k) => one(n + k)));
    expect(await system.verdictAtRest()).toMatch(SOUND);
    expect(await totalOf(stripe)).toBe(-count * feeOn(amount));
  });
});
