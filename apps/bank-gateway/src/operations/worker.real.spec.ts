import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultLimits, type BankLimits } from '#bank-call';
import { SystemClock } from '#clock';
import { ledger, payments, type bankProtocol } from '#contracts';
import { usd } from '#money';
import { statement } from '#postgres';
import { eventually, notEmpty, type TestDatabase } from '#testing';
import { paidWith } from '../../test/authorization-under-test.js';
import { provisionedGateway, gatewayInstance, lapseLeases } from '../../test/gateway-instance.js';
import { StubBanks, timedOut } from '../../test/stub-banks.js';

const liveCount = statement('test.live', `SELECT count(*) AS live FROM bank_operation WHERE phase <> 'ended'`);
const waiting = statement('test.waiting', `SELECT count(*) AS waiting FROM bank_operation WHERE attempts = '[]'`);
const doubted = statement(
  'test.doubted',
  `SELECT count(*) AS count FROM bank_operation, jsonb_array_elements(attempts) AS attempt
   WHERE attempt ->> 'detail' = 'taken_over'`,
);

describe('workers on a real Postgres', () => {
  let test: TestDatabase;
  let stub: StubBanks;
  let instances: ReturnType<typeof gatewayInstance>[];

  beforeEach(async () => {
    test = await provisionedGateway();
    stub = new StubBanks(new SystemClock());
    instances = [];
  });
  afterEach(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await test.drop();
  });

  async function instance(name: string, limits: Partial<BankLimits> = {}) {
    const started = gatewayInstance(name, test.database, stub, limits);
    instances.push(started);
    await started.banks.start();
    await eventually(`${name} knows the time of every bank`, () =>
      started.banks.all.every((caller) => started.banks.knowsTimeOf(caller.config.name)),
    );
    return started;
  }
  const charges = (count: number, brand: bankProtocol.Brand, prefix = 'ch') =>
    Array.from({ length: count }, (_, index) => ({ ...paidWith(brand), chargeId: `${prefix}_${index}` }));
  const allEnded = () =>
    eventually('no operation is live', async () => {
      const [row] = await test.database.query<{ live: number }>(liveCount);
      return row!.live === 0;
    });
  const timesSent = () => [...Map.groupBy(stub.story, (line) => line)].map(([, same]) => same.length);

  it('send a handed-over operation once, with the `begun` of its step’s commit', async () => {
    const one = await instance('one');
    one.worker.start();
    stub.does('alder', async (request) => {
      const [row] = await test.database.query<{ waiting: number }>(waiting);
      expect(row!.waiting).toBe(0);
      return stub.yes(request);
    });
    await one.react(payments.chargeRequested, charges(20, 'visa'));
    await allEnded();
    expect(timesSent()).toEqual(Array<number>(20).fill(1));
    expect(one.emitted).toHaveLength(20);
    expect(one.errors).toEqual([]);
  });

  it('take operations without a slot as soon as slots are free, and begin nothing before', async () => {
    const one = await instance('one', { inFlight: 2 });
    one.worker.start();
    const gate = Promise.withResolvers<void>();
    stub.does('alder', async (request) => {
      await gate.promise;
      return stub.yes(request);
    });
    await one.react(payments.chargeRequested, charges(10, 'visa'));
    await eventually('two calls are in flight', () => stub.sent.length === 2);
    const [row] = await test.database.query<{ waiting: number }>(waiting);
    expect(row!.waiting).toBe(8);
    gate.resolve();
    await allEnded();
    expect(timesSent()).toEqual(Array<number>(10).fill(1));
  });

  it('are not blocked at one bank by another that hangs', async () => {
    const one = await instance('one', { inFlight: 3 });
    one.worker.start();
    const gate = Promise.withResolvers<void>();
    stub.does('alder', async (request) => {
      await gate.promise;
      return stub.yes(request);
    });
    await one.react(payments.chargeRequested, [...charges(6, 'visa', 'ch_v'), ...charges(12, 'amex', 'ch_a')]);
    await eventually('every amex charge is authorized', () => one.emitted.length === 12);
    expect(notEmpty(one.emitted).every(({ key }) => key.startsWith('ch_a'))).toBe(true);
    gate.resolve();
    await allEnded();
  });

  describe('with charges that carry fault tokens', () => {
    const isolated = { ...defaultLimits.isolated, inFlight: 4, inFlightPerAccount: 2 };
    const hanging = (account: string, count: number) =>
      charges(count, 'discover', `ch_${account}`).map((terms) => ({
        ...terms,
        account,
        fault: 'tok_fault_authorize_hang_always_on_discover',
      }));
    /** A charge with a token hangs until the gate opens or it times out. */
    function gated() {
      const gate = Promise.withResolvers<void>();
      const onWire = new Map<string, number>();
      const most = { ofOne: 0, ofAll: 0 };
      stub.does('dogwood', async (request, { signal }) => {
        if (!('fault' in request)) return stub.yes(request);
        const count = (by: number) => onWire.set(request.account, (onWire.get(request.account) ?? 0) + by);
        count(1);
        most.ofOne = Math.max(most.ofOne, ...onWire.values());
        most.ofAll = Math.max(
          most.ofAll,
          [...onWire.values()].reduce((sum, each) => sum + each),
        );
        await Promise.race([gate.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
        count(-1);
        return signal.aborted ? timedOut : stub.yes(request);
      });
      return { most, open: () => gate.resolve() };
    }

    it('perform plain charges while those fill the slots of their accounts, and the isolated bulkhead', async () => {
      const one = await instance('one', { inFlight: 2, isolated });
      one.worker.start();
      const gate = gated();
      await one.react(payments.chargeRequested, hanging('acct_a', 20));
      await one.react(payments.chargeRequested, [...hanging('acct_b', 20), ...hanging('acct_c', 20)]);
      await one.react(payments.chargeRequested, charges(40, 'discover', 'ch_plain'));
      await eventually('every plain charge is authorized', () => {
        const plain = one.emitted.filter(({ key }) => key.startsWith('ch_plain'));
        return plain.filter(({ type }) => type === 'bank.authorization_approved.v1').length === 40;
      });
      expect(gate.most).toEqual({ ofOne: 2, ofAll: 4 });
      expect(one.errors).toEqual([]);
      gate.open();
    });

    it('take the operations of a stopped instance, account by account', async () => {
      const gone = await instance('gone', { isolated });
      await gone.react(payments.chargeRequested, [
        ...hanging('acct_a', 50),
        ...hanging('acct_b', 3),
        ...hanging('acct_c', 3),
      ]);
      gated().open();
      const one = await instance('one', { isolated });
      one.worker.start();
      await allEnded();
      expect(one.emitted).toHaveLength(56);
      const last = (account: string) => one.emitted.findLastIndex(({ key }) => key.startsWith(`ch_${account}`));
      expect(Math.max(last('acct_b'), last('acct_c'))).toBeLessThan(last('acct_a'));
    });

    it('take one that an older instance did not mark as isolated, with a slot of its account', async () => {
      const one = await instance('one', { inFlight: 1, isolated });
      await one.react(payments.chargeRequested, hanging('acct_a', 1));
      await test.database.query(statement('test.mislay', 'UPDATE bank_operation SET isolated_to = NULL'));
      gated().open();
      one.worker.start();
      await allEnded();
      expect(one.errors).toEqual([]);
    });
  });

  it('of two instances never take the same operation', async () => {
    const one = await instance('one');
    const two = await instance('two');
    await one.react(payments.chargeRequested, charges(200, 'visa'));
    const [row] = await test.database.query<{ waiting: number }>(waiting);
    expect(row!.waiting).toBe(200);
    one.worker.start();
    two.worker.start();
    await allEnded();
    expect(timesSent()).toEqual(Array<number>(200).fill(1));
    expect(one.emitted.length + two.emitted.length).toBe(200);
    expect(one.emitted.length).toBeGreaterThan(0);
    expect(two.emitted.length).toBeGreaterThan(0);
  });

  it('perform several refunds of one charge concurrently, each with its own event', async () => {
    const one = await instance('one');
    one.worker.start();
    const about = { chargeId: 'ch_0', account: 'acct_1' };
    await one.react(payments.chargeRequested, charges(1, 'discover'));
    await allEnded();
    await one.react(ledger.holdPlaced, [{ ...about, amount: usd(1_000), capture: 'automatic' } as never]);
    await allEnded();
    const gate = Promise.withResolvers<void>();
    stub.does('dogwood', async (request) => {
      await gate.promise;
      return stub.yes(request);
    });
    const refunds = Array.from({ length: 10 }, (_, index) => ({ ...about, refundId: `re_${index}`, amount: usd(100) }));
    await one.react(ledger.refundReserved, refunds);
    await eventually('all ten are on the wire', () => stub.sent.length === 12);
    gate.resolve();
    await allEnded();
    expect(
      one.emitted
        .slice(2)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(refunds.map(({ refundId }) => `${refundId}.refund_succeeded`).sort());
    const named = stub.sent.slice(2).map(({ request }) => request.kind === 'refund' && request.captureId);
    expect(new Set(named)).toEqual(new Set(['id_2']));
    expect(one.errors).toEqual([]);
  });

  it.each([
    ['visa', 'alder', ['alder authorize ch_0.authorize.alder', 'alder authorize ch_0.authorize.alder']],
    ['amex', 'cedar', ['cedar authorize ch_0.authorize.cedar', 'cedar inquire ch_0.authorize.cedar']],
  ] as const)(
    'start from doubt with a %s charge whose instance crashed at %s between `begun` and the answer',
    async (brand, bank, story) => {
      const one = await instance('one');
      const two = await instance('two');
      one.worker.start();
      const gate = Promise.withResolvers<void>();
      const performance = { seq: 1, kind: 'authorization', reference: `ch_0.authorize.${bank}`, bankId: 'au_7', at: 1 };
      const whole = { ...performance, account: 'a', chargeId: 'c', amountMinor: 1_000, currency: 'usd' };
      stub.does(bank, async (request) => {
        if (stub.sent.length === 1) await gate.promise;
        return request.kind === 'inquire' ? stub.says({ state: 'found', performances: [whole] }) : stub.yes(request);
      });
      await one.react(payments.chargeRequested, charges(1, brand));
      await eventually('it is on the wire', () => stub.sent.length === 1);
      // It takes no further operation and gets no answer, as after a crash.
      const dead = one.worker.stop();
      two.worker.start();
      await test.database.query(lapseLeases);
      await allEnded();
      expect(stub.story).toEqual(story);
      expect(two.emitted).toMatchObject([{ type: 'bank.authorization_approved.v1' }]);
      const [taken] = await test.database.query<{ count: number }>(doubted);
      expect(taken!.count).toBe(1);
      gate.resolve();
      await dead;
      expect(one.emitted).toEqual([]);
    },
  );
});
