import type { bankProtocol } from '#contracts';
import { describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import { FakeClock } from '#testing';
import { authorized, banks as allBanks, captured, paidWith, refunding } from '../../test/authorization-under-test.js';
import { KeptInMemory } from '../../test/kept-in-memory.js';
import { cedar, operation, outcomesOf, times } from '../../test/operation-under-test.js';
import { banksBehind, hangs, reset, StubBanks, unreachable } from '../../test/stub-banks.js';
import { authorize, cancel, capture, release } from '../authorizations/authorization/authorization.js';
import { liveOperations, type Authorization } from '../authorizations/authorization/authorization-state.js';
import { undoStray } from '../authorizations/authorization/stray.js';
import { appendAttempt } from '../authorizations/authorization/attempt.js';
import type { Operation } from '../authorizations/authorization/operation.js';
import { Performer } from './performer.js';
import type { ClaimedOperation } from '../authorizations/authorization/claimed-operation.js';

const pending = (brand: 'visa' | 'amex' | 'discover'): Authorization =>
  authorize({ terms: paidWith(brand), operations: [] }, allBanks()).state;
const atCedar = { ...authorized, bank: 'cedar' as const, operations: [operation('authorize', cedar)].map(ended) };
const atDogwood = { ...atCedar, bank: 'dogwood' as const };
const refundingAtCedar: Authorization = {
  ...refunding('re_1'),
  bank: 'cedar',
  operations: refunding('re_1').operations.map((one) => ({ ...one, bank: 'cedar' })),
};
function ended(of: Operation): Operation {
  return { ...of, phase: 'ended', end: { kind: 'succeeded', bankId: 'au_1' } };
}

/** A performer on virtual time, with stub banks whose clocks are known, and one charge in the store. */
async function performing(charge: Authorization) {
  const clock = new FakeClock();
  const stub = new StubBanks(clock);
  const banks = banksBehind(stub, clock);
  await banks.start();
  const kept = new KeptInMemory(charge);
  const told: string[] = [];
  const observer = {
    ended: (_task: ClaimedOperation, { kind }: Operation, state: string) => void told.push(`${kind} ended: ${state}`),
    inDoubt: (_task: ClaimedOperation, { kind }: Operation) => void told.push(`${kind} in doubt`),
    needsAttention: (_task: ClaimedOperation, { kind }: Operation) => void told.push(`${kind} needs attention`),
  };
  const performer = new Performer({ banks, commands: kept.commands, store: kept.store, clock, observer });
  const slotAt = (name: bankProtocol.BankName) => banks.caller(name, paidWith('visa')).tryReserve()!;
  return {
    clock,
    stub,
    banks,
    kept,
    told,
    performer,
    slotAt,
    /** Takes the live operation and performs its next action. */
    perform: async () => {
      const done = performer.perform(kept.take(slotAt(kept.live.bank)));
      await settled(clock, done);
      return done;
    },
    trip: async (name: 'alder' | 'cedar') => {
      stub.does(name, () => unreachable);
      for (let call = 1; call <= 3; call++) {
        const attempt = { id: `trip.${call}`, begunAtMs: clock.monotonicMs(), validUntil: 0 };
        const order = { kind: 'void', reference: 'trip', account: 'a', chargeId: 'c', authorizationId: 'x' } as const;
        await banks.call(name, order, { attempt });
      }
      stub.sent.length = 0;
    },
    end: () => banks.close(),
  };
}

/** Advances virtual time until the promise is settled, at most a minute. */
async function settled(clock: FakeClock, promise: Promise<unknown>): Promise<void> {
  const state = { done: false };
  const mark = (): void => void (state.done = true);
  void promise.then(mark, mark);
  for (let passedMs = 0; !state.done && passedMs < 60_000; passedMs += 50) await clock.advance(50);
  expect(state.done).toBe(true);
}

describe('performing an operation', () => {
  it('commits begun, sends it once, and records the answer', async () => {
    const { perform, stub, kept, told, end } = await performing(pending('visa'));
    expect(await perform()).toBeUndefined();
    expect(stub.story).toEqual(['alder authorize ch_1.authorize.alder']);
    expect(kept.commits).toBe(2);
    expect(kept.emitted.map(({ id }) => id)).toEqual(['ch_1.authorization_approved']);
    expect(told).toEqual(['authorize ended: authorized']);
    end();
  });

  it('sends an operation that was handed over as begun, without beginning it again', async () => {
    const { performer, slotAt, stub, kept, clock, end } = await performing(pending('visa'));
    const begun = appendAttempt(kept.live, times());
    kept.authorization = { ...kept.authorization, operations: [begun] } as Authorization;
    const { id, validUntil } = begun.attempts[0]!;
    const task = { ...kept.take(slotAt('alder')), begun: { id, validUntil, begunAtMs: clock.monotonicMs() } };
    await settled(clock, performer.perform(task));
    expect(stub.sent).toMatchObject([{ attemptId: id, request: { kind: 'authorize', validUntil } }]);
    expect(kept).toMatchObject({ commits: 1, authorization: { state: 'authorized' } });
    end();
  });

  it('releases its slot, however it ends', async () => {
    const { perform, banks, kept, end } = await performing(pending('visa'));
    kept.store.isTransient = () => false;
    kept.failures.push('rolled_back');
    await expect(perform()).rejects.toThrow('rolled_back');
    expect(banks.caller('alder', paidWith('visa')).freeSlots).toBe(64);
    end();
  });

  it('sends the bank id of a capture’s authorization: rule 8', async () => {
    const { perform, stub, end } = await performing(capture(authorized, usd(1_000)).state);
    await perform();
    expect(stub.sent).toMatchObject([{ request: { kind: 'capture', authorizationId: 'au_1', amountMinor: 1_000 } }]);
    end();
  });

  it('retries at an idempotent bank at once, with a `begun` for each attempt', async () => {
    const { perform, stub, kept, end } = await performing(pending('visa'));
    stub.does('alder', (request) => (stub.sent.length === 1 ? reset : stub.yes(request)));
    await perform();
    expect(stub.sent.map(({ attemptId }) => attemptId)).toEqual(['ch_1.authorize.alder.1', 'ch_1.authorize.alder.2']);
    expect(kept).toMatchObject({ commits: 3, authorization: { state: 'authorized' } });
    end();
  });

  it('at cedar resolves doubt by an inquiry, which finds the performance', async () => {
    const { perform, stub, kept, told, end } = await performing(capture(atCedar, usd(1_000)).state);
    stub.does('cedar', () => reset);
    expect(await perform()).toBeLessThanOrEqual(500);
    expect(kept.live).toMatchObject({ doubtSince: expect.any(Number), phase: 'open' });
    const performance = { seq: 1, kind: 'capture', reference: 'ch_1.capture', bankId: 'cp_7', account: 'a' };
    const whole = { ...performance, chargeId: 'c', amountMinor: 1_000, currency: 'usd', at: 1 };
    stub.does('cedar', () => stub.says({ state: 'found', performances: [whole] }));
    await perform();
    expect(stub.story).toEqual(['cedar capture ch_1.capture', 'cedar inquire ch_1.capture']);
    expect(kept.authorization).toMatchObject({ state: 'captured', bankCaptureId: 'cp_7' });
    expect(told).toEqual(['capture in doubt', 'capture ended: captured']);
    end();
  });

  it('at dogwood waits for the longest lifetime of a message that was written at the attempt’s time-out', async () => {
    const { perform, stub, kept, clock, end } = await performing(capture(atDogwood, usd(1_000)).state);
    stub.does('dogwood', () => reset);
    const begunMs = clock.monotonicMs();
    await perform();
    stub.does('dogwood', () => stub.says({ state: 'not_found' }));
    await clock.advance(begunMs + 15_000 + 1_900 - clock.monotonicMs());
    await perform();
    expect(outcomesOf(kept.live)).toEqual(['doubt']);
    await clock.advance(200);
    await perform();
    expect(outcomesOf(kept.live)).toEqual(['not_found']);
    end();
  });

  it('commits `reversing` before it sends the reversal: rule 6', async () => {
    const { perform, stub, kept, clock, end } = await performing(pending('amex'));
    stub.does('cedar', () => reset);
    await perform();
    await clock.advance(61_000);
    expect(await perform()).toBe(0);
    expect(kept.live.phase).toBe('reversing');
    expect(stub.story).toHaveLength(1);
    stub.does('cedar', stub.yes);
    await perform();
    expect(stub.sent[1]).toMatchObject({ request: { kind: 'reverse', target: { reference: 'ch_1.authorize.cedar' } } });
    expect(kept.authorization).toMatchObject({ state: 'failed', reason: 'reversed_out_of_doubt' });
    end();
  });

  it('reverses the authorization by bank id after a refused void: rules 8 and 9', async () => {
    const { perform, stub, kept, end } = await performing(release(authorized, 'hold_refused', null));
    stub.does('alder', () => stub.says({ state: 'refused', code: 'authorization_captured', bankId: 'no_1' }));
    expect(await perform()).toBe(0);
    stub.does('alder', stub.yes);
    await perform();
    expect(stub.sent[1]).toMatchObject({ request: { kind: 'reverse', target: { bankId: 'au_1' } } });
    expect(kept.authorization).toMatchObject({ state: 'voided' });
    end();
  });
});

describe('operations beside each other', () => {
  it('are performed and recorded separately, with the bank id of the capture: rule 8', async () => {
    const { performer, slotAt, stub, kept, clock, end } = await performing(refunding('re_1', 're_2'));
    const [first, second] = liveOperations(kept.authorization);
    const answer = Promise.withResolvers<void>();
    stub.does('alder', async (request) => {
      if (request.kind === 'refund' && request.reference.endsWith('re_1')) await answer.promise;
      return stub.yes(request);
    });
    const slow = performer.perform(kept.take(slotAt('alder'), first));
    await settled(clock, performer.perform(kept.take(slotAt('alder'), second)));
    expect(kept.emitted.map(({ id }) => id)).toEqual(['re_2.refund_succeeded']);
    answer.resolve();
    await settled(clock, slow);
    expect(kept.emitted.map(({ id }) => id)).toEqual(['re_2.refund_succeeded', 're_1.refund_succeeded']);
    expect(stub.sent).toMatchObject([
      { request: { kind: 'refund', reference: 'ch_1.refund.re_1', captureId: 'cp_1', amountMinor: 300 } },
      { request: { kind: 'refund', reference: 'ch_1.refund.re_2', captureId: 'cp_1', amountMinor: 300 } },
    ]);
    end();
  });

  it('at cedar a refund in doubt is inquired about, and found', async () => {
    const { perform, stub, kept, told, end } = await performing(refundingAtCedar);
    stub.does('cedar', () => reset);
    await perform();
    const performance = { seq: 1, kind: 'refund', reference: 'ch_1.refund.re_1', bankId: 'rf_7', account: 'a' };
    const whole = { ...performance, chargeId: 'c', amountMinor: 300, currency: 'usd', at: 1 };
    stub.does('cedar', () => stub.says({ state: 'found', performances: [whole] }));
    await perform();
    expect(stub.story).toEqual(['cedar refund ch_1.refund.re_1', 'cedar inquire ch_1.refund.re_1']);
    expect(kept.emitted).toMatchObject([{ id: 're_1.refund_succeeded', data: { bankRefundId: 'rf_7' } }]);
    expect(told).toEqual(['refund in doubt', 'refund ended: captured']);
    end();
  });

  it('a stray is reversed by its bank id, under its own reference: rule 11', async () => {
    const amount = usd(1_000);
    const strayed = undoStray(captured, 'alder', { bankId: 'cp_9', movement: 'capture', amount });
    const { perform, stub, kept, end } = await performing(strayed);
    await perform();
    expect(stub.sent).toMatchObject([
      { request: { kind: 'reverse', reference: 'ch_1.stray.cp_9', target: { bankId: 'cp_9' } } },
    ]);
    expect(kept.emitted).toMatchObject([{ id: 'ch_1.cp_9.stray_reversed', data: { reversalBankId: 'id_1' } }]);
    end();
  });
});

describe('when a cancellation has replaced a capture', () => {
  it('its former worker sends nothing: rule 10', async () => {
    const { performer, slotAt, stub, kept, clock, end } = await performing(capture(authorized, usd(1_000)).state);
    const frozen = kept.take(slotAt('alder'));
    kept.authorization = cancel(kept.authorization, 'canceled').state;
    await settled(clock, performer.perform(frozen));
    expect(stub.story).toEqual([]);
    expect(kept.live).toMatchObject({ kind: 'void' });
    end();
  });

  it('the void is sent instead', async () => {
    const { perform, stub, kept, end } = await performing(
      cancel(capture(authorized, usd(1_000)).state, 'canceled').state,
    );
    await perform();
    expect(stub.story).toEqual(['alder void ch_1.void']);
    expect(kept.emitted).toMatchObject([{ id: 'ch_1.authorization_voided', data: { cause: 'canceled' } }]);
    end();
  });
});

describe('when the database fails', () => {
  it('while an outcome is recorded, the recording is retried', async () => {
    const { perform, stub, kept, end } = await performing(pending('visa'));
    stub.does('alder', (request) => {
      kept.failures.push('rolled_back', 'rolled_back', 'rolled_back', 'rolled_back');
      return stub.yes(request);
    });
    await perform();
    expect(stub.story).toHaveLength(1);
    expect(kept.authorization).toMatchObject({ state: 'authorized', bankAuthorizationId: 'id_1' });
    end();
  });

  it('during the commit of `begun`, nothing is sent: its lease expires, and it starts from doubt', async () => {
    const { perform, stub, kept, end } = await performing(pending('visa'));
    kept.failures.push('unknown');
    await perform();
    expect(stub.story).toEqual([]);
    expect(outcomesOf(kept.live)).toEqual(['begun']);
    await perform();
    expect(outcomesOf(kept.live)).toEqual(['doubt']);
    await perform();
    expect(kept.authorization.state).toBe('authorized');
    end();
  });

  it('and `begun` was rolled back, no attempt is made if the operation has ended since', async () => {
    const { perform, stub, kept, end } = await performing(pending('visa'));
    kept.failures.push('rolled_back');
    let transactions = 0;
    kept.meanwhile = () => {
      if (++transactions === 2) kept.authorization = authorized;
    };
    await perform();
    expect(stub.story).toEqual([]);
    end();
  });

  it('during the commit of an outcome, it is recorded again, without a second event', async () => {
    const { perform, stub, kept, end } = await performing(pending('visa'));
    stub.does('alder', (request) => {
      kept.failures.push('unknown');
      return stub.yes(request);
    });
    await perform();
    expect(kept.emitted.map(({ id }) => id)).toEqual(['ch_1.authorization_approved']);
    end();
  });

  it('a stopping gateway does not wait', async () => {
    const { perform, performer, stub, kept, end } = await performing(pending('visa'));
    stub.does('alder', (request) => {
      kept.failures.push(...Array<'rolled_back'>(99).fill('rolled_back'));
      performer.close();
      return stub.yes(request);
    });
    await expect(perform()).rejects.toThrow('the gateway is stopping');
    end();
  });
});

describe('when another worker has the operation', () => {
  it('no attempt begins', async () => {
    const { performer, slotAt, stub, kept, clock, end } = await performing(capture(authorized, usd(1_000)).state);
    const frozen = kept.take(slotAt('alder'));
    kept.take(slotAt('alder'));
    await settled(clock, performer.perform(frozen));
    expect(stub.story).toEqual([]);
    expect(kept.commits).toBe(0);
    end();
  });

  it('an attempt in flight is taken over as doubt, and the answer of its first worker still counts', async () => {
    const { perform, stub, kept, clock, performer, slotAt, end } = await performing(capture(atCedar, usd(1_000)).state);
    const answer = Promise.withResolvers<void>();
    stub.does('cedar', async (request) => {
      await answer.promise;
      return stub.yes(request);
    });
    const first = performer.perform(kept.take(slotAt('cedar')));
    await clock.advance(10);
    await perform();
    expect(outcomesOf(kept.live)).toEqual(['doubt']);
    answer.resolve();
    await settled(clock, first);
    expect(kept.authorization).toMatchObject({ state: 'captured', bankCaptureId: 'id_1' });
    end();
  });

  it('a reversal is not started', async () => {
    const { performer, slotAt, kept, clock, end } = await performing(pending('amex'));
    const doubtful = { ...operation('authorize', cedar, { kind: 'doubt', reason: 'reset' }), doubtSince: 0 };
    kept.authorization = { ...kept.authorization, operations: [doubtful] } as Authorization;
    const frozen = kept.take(slotAt('cedar'));
    kept.take(slotAt('cedar'));
    await settled(clock, performer.perform(frozen));
    expect(kept.live.phase).toBe('open');
    end();
  });
});

describe('behind an open breaker', () => {
  it('a visa authorization that has not begun goes to the second bank', async () => {
    const { perform, trip, stub, kept, end } = await performing(pending('visa'));
    await trip('alder');
    await perform();
    expect(kept.live).toMatchObject({ bank: 'birch', reference: 'ch_1.authorize.birch' });
    await perform();
    expect(stub.story).toEqual(['birch authorize ch_1.authorize.birch']);
    end();
  });

  it('an amex authorization fails at once', async () => {
    const { perform, trip, stub, kept, end } = await performing(pending('amex'));
    await trip('cedar');
    await perform();
    expect(kept.authorization).toMatchObject({ state: 'failed', bank: 'cedar', reason: 'not_processed' });
    expect(stub.story).toEqual([]);
    end();
  });

  it('a capture waits for its bank, not begun, until after the next probe', async () => {
    const { perform, trip, stub, kept, end } = await performing(capture(authorized, usd(1_000)).state);
    await trip('alder');
    expect(await perform()).toBeGreaterThan(4_000);
    expect(stub.story).toEqual([]);
    expect(kept.live).toMatchObject({ bank: 'alder', attempts: [], phase: 'open' });
    end();
  });
});

it('a bank that hangs ends in doubt after the time-out', async () => {
  const { perform, stub, kept, clock, end } = await performing(capture(atCedar, usd(1_000)).state);
  stub.does('cedar', hangs);
  const startedAtMs = clock.monotonicMs();
  await perform();
  expect(clock.monotonicMs() - startedAtMs).toBeLessThanOrEqual(2_100);
  expect(kept.live.attempts).toMatchObject([{ outcome: 'doubt', detail: 'timeout' }]);
  end();
});
