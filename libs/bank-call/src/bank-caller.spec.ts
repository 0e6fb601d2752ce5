import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from '#clock';
import { bankProtocol } from '#contracts';
import type { AttemptEnded } from './bank-call-observer.js';
import type { CallOptions, CallReport } from './bank-call.js';
import { BankCaller } from './bank-caller.js';
import { defaultLimits, type BankLimits } from './bank-config.js';
import type { BankOrder } from './bank-order.js';
import type { Attempt, WireResult } from './bank-port.js';
import type { BreakerTransition } from './breaker-transition.js';
import {
  approved,
  authorize,
  brokenInside,
  capture,
  declined,
  hang,
  inquire,
  notFound,
  overloaded,
  rateLimited,
  refusedConnection,
  reset,
  response,
  reverse,
  ScriptedBank,
  unknownTarget,
  unreadable,
  validityExpired,
} from './testing/scripted-bank.js';

const clock = new SystemClock();
const callers: BankCaller[] = [];

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  for (const caller of callers.splice(0)) caller.close();
  jest.useRealTimers();
});

function given(name: bankProtocol.BankName, ...facts: Parameters<ScriptedBank['will']>) {
  const bank = new ScriptedBank().will(...facts);
  return { bank, ...callerOf(name, bank) };
}

function callerOf(name: bankProtocol.BankName, port: ScriptedBank, limits: Partial<BankLimits> = {}) {
  const ended: AttemptEnded[] = [];
  const transitions: BreakerTransition[] = [];
  const exhausted: string[] = [];
  const inFlight: number[] = [];
  const caller = new BankCaller({
    config: {
      ...bankProtocol.bankProfiles[name],
      url: 'http://127.0.0.1:0',
      limits: { ...defaultLimits, ...limits },
    },
    port,
    clock,
    observer: {
      attemptEnded: (attempt) => ended.push(attempt),
      transitioned: (transition) => transitions.push(transition),
      retryBudgetExhausted: (bank) => exhausted.push(bank),
      inFlightChanged: (_, count) => inFlight.push(count),
    },
  });
  callers.push(caller);
  return { caller, ended, transitions, exhausted, inFlight };
}

function attempt(number: number): Attempt {
  return { id: `at_${number}`, begunAtMs: clock.monotonicMs(), validUntil: number * 10_000 };
}

/** Options of a gateway that commits every attempt. */
const willing = (): Pick<CallOptions, 'attempt' | 'beforeReattempt'> => ({
  attempt: attempt(1),
  beforeReattempt: async (number) => attempt(number),
});

/** Advances the timers until the call has ended. */
async function ending<T>(call: Promise<T>): Promise<T> {
  const progress = { over: false };
  const ended = call.finally(() => {
    progress.over = true;
  });
  ended.catch(() => {});
  for (let waits = 0; !progress.over && waits < 1_000; waits += 1) await jest.advanceTimersByTimeAsync(50);
  return ended;
}

const outcomes = <O extends BankOrder>(report: CallReport<O>): string[] =>
  report.attempts.map(({ outcome }) => (outcome.kind === 'answered' ? outcome.answer.state : outcome.reason));

async function openBreaker(caller: BankCaller, bank: ScriptedBank): Promise<void> {
  bank.will(reset, reset, reset);
  for (let n = 0; n < 3; n += 1) await caller.call(capture, { attempt: attempt(1) });
  expect(caller.state('movements')).toBe('open');
}

describe('one attempt', () => {
  it('sends the order with the attempt’s id, validity and trace, and reports the answer', async () => {
    const { caller, bank, ended } = given('alder', approved);
    const report = await caller.call(authorize, { attempt: attempt(1), traceparent: '00-aa-bb-01' });
    expect(report.outcome).toMatchObject({ kind: 'answered', answer: { state: 'approved', bankId: 'au_1' } });
    expect(report.attempts.map(({ attempt: { id } }) => id)).toEqual(['at_1']);
    expect(bank.sent[0]).toMatchObject({
      request: { kind: 'authorize', reference: 'op_1', validUntil: 10_000 },
      options: { attemptId: 'at_1', traceparent: '00-aa-bb-01' },
    });
    expect(ended).toMatchObject([{ bank: 'alder', lane: 'movements', operation: 'authorize', durationMs: 0 }]);
  });

  it('returns a decline as a value: without a retry, and healthy for the breaker', async () => {
    const { caller, bank } = given('alder', declined, declined, declined);
    for (let n = 0; n < 3; n += 1) expect(outcomes(await caller.call(authorize, willing()))).toEqual(['declined']);
    expect(bank.sent).toHaveLength(3);
    expect(caller.state('movements')).toBe('closed');
  });

  it('ends in doubt after two seconds of silence', async () => {
    const { caller, bank, ended } = given('dogwood', hang);
    const call = caller.call(authorize, { attempt: attempt(1) });
    await jest.advanceTimersByTimeAsync(1_999);
    expect(bank.sent[0]?.options.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    const { outcome, attempts } = await call;
    expect(outcome).toEqual({ kind: 'doubt', reason: 'timeout' });
    expect(attempts).toMatchObject([{ tookMs: 2_000 }]);
    expect(ended).toMatchObject([{ durationMs: 2_000 }]);
  });

  it('ends in doubt also when the port ignores its signal', async () => {
    const { caller } = given('dogwood', new Promise<WireResult>(() => {}));
    const report = await ending(caller.call(authorize, { attempt: attempt(1) }));
    expect(report.outcome).toEqual({ kind: 'doubt', reason: 'timeout' });
    expect(caller.freeSlots).toBe(64);
  });

  it('is not processed when the port reports at the time-out that nothing was written', async () => {
    const { caller } = given('dogwood', async (options) => {
      await hang(options);
      return { kind: 'not_written', cause: 'connect_timeout' };
    });
    const report = await ending(caller.call(authorize, { attempt: attempt(1) }));
    expect(report.outcome).toEqual({ kind: 'not_processed', reason: 'connect_timeout' });
  });

  it('times out alone: a concurrent call keeps its own signal and its answer', async () => {
    const slowAnswer = Promise.withResolvers<WireResult>();
    const { caller, bank } = given('dogwood', hang, slowAnswer.promise);
    const first = caller.call(authorize, { attempt: attempt(1) });
    await jest.advanceTimersByTimeAsync(1_000);
    const second = caller.call(capture, { attempt: attempt(2) });
    await jest.advanceTimersByTimeAsync(1_000);
    expect((await first).outcome.kind).toBe('doubt');
    expect(bank.sent.map(({ options }) => options.signal.aborted)).toEqual([true, false]);
    slowAnswer.resolve(response(200, { state: 'captured', bankId: 'ca_1', asOf: 1, now: 1 }));
    expect((await second).outcome.kind).toBe('answered');
  });

  it('sets the latest write to the time-out after `begun`, however late the call starts', async () => {
    const { caller, bank } = given('dogwood', approved);
    const begun = attempt(1);
    await jest.advanceTimersByTimeAsync(5_000);
    await caller.call(authorize, { attempt: begun });
    expect(bank.sent[0]?.options.latestWriteAtMs).toBe(begun.begunAtMs + 2_000);
  });

  it('refuses to send a request that may move money without `validUntil`', async () => {
    const { caller } = given('alder');
    const call = caller.call(capture, { attempt: { id: 'at_1', begunAtMs: 0 } });
    await expect(call).rejects.toThrow('end to its validity');
    expect(caller.freeSlots).toBe(64);
  });
});

describe('an order outside of the protocol', () => {
  const beyond: BankOrder[] = [
    { ...authorize, fault: 'f'.repeat(101) },
    { ...capture, account: 'a'.repeat(65) },
    { ...reverse, reference: 'r'.repeat(97) },
    { ...inquire, account: '' },
  ];

  it.each(beyond)('is malformed and never sent: $kind', async (order) => {
    const { caller, bank } = given('cedar');
    expect(outcomes(await ending(caller.call(order, willing())))).toEqual(['malformed']);
    expect(bank.sent).toEqual([]);
  });

  it('is not used as a breaker’s probe', async () => {
    const { caller, bank } = given('cedar');
    await openBreaker(caller, bank);
    await jest.advanceTimersByTimeAsync(5_000);
    await caller.call(beyond[0]!, { attempt: attempt(1) });
    expect(caller.state('movements')).toBe('half_open');
    bank.will(approved);
    expect(outcomes(await caller.call(authorize, { attempt: attempt(2) }))).toEqual(['approved']);
  });
});

describe('a further attempt', () => {
  it('is begun by the caller before it is sent, with a new id and a new `validUntil`', async () => {
    const { caller, bank } = given('dogwood', overloaded, approved);
    const sentWhenBegun: number[] = [];
    const told: unknown[] = [];
    const report = await ending(
      caller.call(authorize, {
        attempt: attempt(1),
        beforeReattempt: async (number, previous) => {
          sentWhenBegun.push(bank.sent.length);
          told.push(previous);
          return attempt(number);
        },
      }),
    );
    expect(outcomes(report)).toEqual(['not_processed', 'approved']);
    expect(sentWhenBegun).toEqual([1]);
    // One commit can hold the first attempt's outcome and the second's `begun`.
    expect(told).toEqual([report.attempts[0]]);
    expect(
      bank.sent.map(({ request, options }) => [options.attemptId, 'validUntil' in request && request.validUntil]),
    ).toEqual([
      ['at_1', 10_000],
      ['at_2', 20_000],
    ]);
  });

  it('is the last: two attempts, not two retries', async () => {
    const { caller, bank } = given('alder', refusedConnection, refusedConnection);
    const report = await ending(caller.call(authorize, willing()));
    expect(outcomes(report)).toEqual(['connection_refused', 'connection_refused']);
    expect(bank.sent).toHaveLength(2);
  });

  it.each<[string, BankOrder, bankProtocol.BankName, WireResult, boolean]>([
    ['a refused connection', authorize, 'dogwood', refusedConnection, true],
    ['a 503 not processed', authorize, 'cedar', overloaded, true],
    ['an expired validity', authorize, 'cedar', validityExpired, true],
    ['a 429, which asks for less', authorize, 'alder', rateLimited, false],
    ['an attempt that came too late', authorize, 'alder', { kind: 'not_written', cause: 'too_late' }, false],
    ['doubt at an idempotent bank', authorize, 'birch', reset, true],
    ['a 500 at an idempotent bank', capture, 'alder', brokenInside, true],
    ['doubt about an authorization at a bank that would perform it twice', authorize, 'cedar', reset, false],
    ['a 500 to a capture at a bank that would perform it twice', capture, 'dogwood', brokenInside, false],
    ['doubt about a reversal, idempotent everywhere', reverse, 'dogwood', reset, true],
    ['doubt about an inquiry, which moves nothing', inquire, 'dogwood', reset, true],
  ])('after %s', async (_, order, name, fact, expected) => {
    const answer = { authorize: approved, reverse: unknownTarget, inquire: notFound }[order.kind as string] ?? approved;
    const { caller, bank } = given(name, fact, answer);
    await ending(caller.call(order, willing()));
    expect(bank.sent).toHaveLength(expected ? 2 : 1);
  });

  it('is not made without a hook that commits its `begun`', async () => {
    const { caller, bank } = given('alder', overloaded);
    expect(outcomes(await ending(caller.call(authorize, { attempt: attempt(1) })))).toEqual(['not_processed']);
    expect(bank.sent).toHaveLength(1);
  });

  it('is not made when the hook refuses it: the outcome of the first attempt is returned', async () => {
    const { caller, bank } = given('alder', reset);
    const call = caller.call(authorize, { attempt: attempt(1), beforeReattempt: async () => undefined });
    expect((await ending(call)).outcome).toEqual({ kind: 'doubt', reason: 'reset' });
    expect(bank.sent).toHaveLength(1);
  });

  it('is refused once: the hook is not called again', async () => {
    const { caller } = callerOf('alder', new ScriptedBank().will(reset), { attempts: 3 });
    const beforeReattempt = jest.fn(async () => undefined);
    await ending(caller.call(authorize, { attempt: attempt(1), beforeReattempt }));
    expect(beforeReattempt).toHaveBeenCalledTimes(1);
  });

  it('is not made when the hook rejects: the call rejects with its error, and frees its slot', async () => {
    const { caller } = given('alder', reset);
    const failing = async (): Promise<Attempt> => {
      throw new Error('the database is away');
    };
    await expect(ending(caller.call(authorize, { attempt: attempt(1), beforeReattempt: failing }))).rejects.toThrow(
      'the database is away',
    );
    expect(caller.freeSlots).toBe(64);
  });

  it('is not made when it might end past the deadline', async () => {
    const { caller, bank } = given('alder', overloaded, overloaded, approved);
    await ending(caller.call(authorize, { ...willing(), withinMs: 2_199 }));
    expect(bank.sent).toHaveLength(1);
    await ending(caller.call(authorize, { ...willing(), withinMs: 2_200 }));
    expect(bank.sent).toHaveLength(3);
  });

  it('is not made by a call that is aborted during its backoff', async () => {
    const { caller, bank } = given('alder', overloaded);
    const stop = new AbortController();
    const beforeReattempt = jest.fn(async (number: number) => attempt(number));
    const call = caller.call(authorize, { attempt: attempt(1), beforeReattempt, signal: stop.signal });
    // The backoff has begun; cockatiel does not end it on an abort.
    await jest.advanceTimersByTimeAsync(0);
    stop.abort();
    expect(outcomes(await ending(call))).toEqual(['not_processed']);
    expect(beforeReattempt).not.toHaveBeenCalled();
    expect(bank.sent).toHaveLength(1);
  });

  it('is not made, and has no backoff, when the call is aborted while on the wire', async () => {
    const stop = new AbortController();
    const { caller, bank } = given('alder', async () => {
      stop.abort();
      return overloaded;
    });
    const report = await caller.call(authorize, { ...willing(), signal: stop.signal });
    expect(outcomes(report)).toEqual(['not_processed']);
    expect(bank.sent).toHaveLength(1);
  });

  it('is not made when the retry budget is spent, which the observer hears', async () => {
    const retryBudget = { windowMs: 10_000, ratio: 0, minPerSecond: 0.1 };
    const bank = new ScriptedBank().will(overloaded, approved, overloaded);
    const { caller, exhausted } = callerOf('alder', bank, { retryBudget });
    expect(outcomes(await ending(caller.call(authorize, willing())))).toEqual(['not_processed', 'approved']);
    expect(exhausted).toEqual([]);
    expect(outcomes(await ending(caller.call(authorize, willing())))).toEqual(['not_processed']);
    expect(exhausted).toEqual(['alder']);
  });

  it('draws on a retry budget that grows with the calls', async () => {
    const retryBudget = { windowMs: 10_000, ratio: 0.5, minPerSecond: 0 };
    const bank = new ScriptedBank().will(overloaded, overloaded, approved);
    const { caller } = callerOf('alder', bank, { retryBudget });
    expect(outcomes(await ending(caller.call(authorize, willing())))).toEqual(['not_processed']);
    expect(outcomes(await ending(caller.call(authorize, willing())))).toEqual(['not_processed', 'approved']);
  });

  it('takes nothing from the retry budget when there are no attempts left', async () => {
    const retryBudget = { windowMs: 10_000, ratio: 0, minPerSecond: 0.1 };
    const bank = new ScriptedBank().will(overloaded, overloaded);
    const { caller, exhausted } = callerOf('alder', bank, { retryBudget });
    expect(outcomes(await ending(caller.call(authorize, willing())))).toEqual(['not_processed', 'not_processed']);
    expect(exhausted).toEqual([]);
  });

  it('is neither begun nor made against an open breaker', async () => {
    const { caller, bank } = given('alder');
    await openBreaker(caller, bank);
    const beforeReattempt = jest.fn(async (number: number) => attempt(number));
    const report = await ending(caller.call(authorize, { attempt: attempt(1), beforeReattempt }));
    expect(report.outcome).toEqual({ kind: 'not_processed', reason: 'breaker_open' });
    expect(beforeReattempt).not.toHaveBeenCalled();
    expect(bank.sent).toHaveLength(3);
  });

  it('is not made when its own first attempt opened the breaker', async () => {
    const { caller, bank } = given('alder', reset, reset, reset);
    await caller.call(capture, { attempt: attempt(1) });
    await caller.call(capture, { attempt: attempt(1) });
    expect(outcomes(await ending(caller.call(authorize, willing())))).toEqual(['reset']);
    expect(bank.sent).toHaveLength(3);
  });

  it('counts as not sent when the breaker opened after its `begun`, and does not hide the doubt of the first attempt', async () => {
    const { caller, bank } = given('alder', reset);
    const report = await ending(
      caller.call(authorize, {
        attempt: attempt(1),
        beforeReattempt: async (number) => {
          await openBreaker(caller, bank);
          return attempt(number);
        },
      }),
    );
    expect(report.outcome).toEqual({ kind: 'not_processed', reason: 'breaker_open' });
    expect(outcomes(report)).toEqual(['reset', 'breaker_open']);
  });
});

describe('the bulkhead', () => {
  it('refuses above its size, without a failure for the breaker', async () => {
    const bank = new ScriptedBank();
    const { caller } = callerOf('alder', bank, { inFlight: 1 });
    const wire = Promise.withResolvers<WireResult>();
    bank.will(wire.promise);
    const calls = Array.from({ length: 10 }, () => caller.call(authorize, willing()));
    wire.resolve(approved);
    const reports = await Promise.all(calls);
    expect(reports.map(({ outcome }) => (outcome.kind === 'not_processed' ? outcome.reason : outcome.kind))).toEqual([
      'answered',
      ...Array.from({ length: 9 }, () => 'bulkhead_full'),
    ]);
    expect(reports[1]?.attempts).toEqual([]);
    expect(caller.state('movements')).toBe('closed');
  });

  it('holds a slot from its reservation to the end of its call', async () => {
    const { caller, bank, inFlight } = given('alder');
    const slot = caller.tryReserve();
    expect(caller.freeSlots).toBe(63);
    const wire = Promise.withResolvers<WireResult>();
    bank.will(wire.promise);
    const call = caller.call(authorize, { attempt: attempt(1), slot });
    expect(caller.freeSlots).toBe(63);
    wire.resolve(approved);
    await call;
    expect(caller.freeSlots).toBe(64);
    expect(inFlight).toEqual([1, 0]);
  });

  it('does not take a slot twice', async () => {
    const { caller } = given('alder', approved);
    const slot = caller.tryReserve();
    await caller.call(authorize, { attempt: attempt(1), slot });
    await expect(caller.call(authorize, { attempt: attempt(2), slot })).rejects.toThrow('released');
  });
});

describe('the breakers', () => {
  it('count attempts on the wire, not calls', async () => {
    const { caller } = given('alder', overloaded, overloaded, overloaded);
    await ending(caller.call(authorize, willing()));
    await caller.call(authorize, { attempt: attempt(1) });
    expect(caller.state('movements')).toBe('open');
  });

  it('keep movements and inquiries apart', async () => {
    const { caller, bank } = given('alder');
    await openBreaker(caller, bank);
    bank.will(notFound);
    expect(caller.state('inquiries')).toBe('closed');
    expect((await caller.call(inquire, { attempt: attempt(9) })).outcome.kind).toBe('answered');
  });

  it('recover by one probe, and report every transition', async () => {
    const { caller, bank, transitions } = given('alder');
    const heard: string[] = [];
    const unsubscribe = caller.onTransition(({ to }) => heard.push(to));
    await openBreaker(caller, bank);
    expect(caller.untilProbeMs('movements')).toBe(5_000);
    await jest.advanceTimersByTimeAsync(5_000);
    unsubscribe();
    bank.will(approved);
    await caller.call(authorize, { attempt: attempt(1) });
    const lane = { bank: 'alder', lane: 'movements' };
    expect(transitions).toEqual([
      { ...lane, from: 'closed', to: 'open', cause: 'failures_in_a_row' },
      { ...lane, from: 'open', to: 'half_open', cause: 'reset_time_passed' },
      { ...lane, from: 'half_open', to: 'closed', cause: 'probe_succeeded' },
    ]);
    expect(heard).toEqual(['open', 'half_open']);
  });

  it('are not stuck half-open by a probe that hangs', async () => {
    const { caller, bank } = given('alder');
    await openBreaker(caller, bank);
    await jest.advanceTimersByTimeAsync(5_000);
    bank.will(new Promise<WireResult>(() => {}));
    await ending(caller.call(authorize, { attempt: attempt(1) }));
    expect(caller.state('movements')).toBe('open');
    await jest.advanceTimersByTimeAsync(5_000);
    bank.will(approved);
    expect((await caller.call(authorize, { attempt: attempt(2) })).outcome.kind).toBe('answered');
    expect(caller.state('movements')).toBe('closed');
  });

  it('close on `validity_expired`: the probe after an outage has a stale reading of the bank’s clock', async () => {
    const { caller, bank } = given('alder');
    await openBreaker(caller, bank);
    await jest.advanceTimersByTimeAsync(5_000);
    bank.will(validityExpired, approved);
    expect(outcomes(await ending(caller.call(authorize, willing())))).toEqual(['validity_expired', 'approved']);
    expect(caller.state('movements')).toBe('closed');
  });

  it('do not count malformed requests: any number leaves them closed, a probe closes them', async () => {
    const { caller, bank } = given('cedar');
    bank.will(...Array.from({ length: 40 }, () => unreadable));
    for (let n = 0; n < 40; n += 1)
      expect(outcomes(await ending(caller.call(authorize, willing())))).toEqual(['malformed']);
    expect(caller.state('movements')).toBe('closed');
    await openBreaker(caller, bank);
    await jest.advanceTimersByTimeAsync(5_000);
    bank.will(unreadable);
    await caller.call(authorize, { attempt: attempt(1) });
    expect(caller.state('movements')).toBe('closed');
  });
});

describe('the configuration', () => {
  it('must have an attempt time-out below the breaker’s reset time', () => {
    expect(() => callerOf('alder', new ScriptedBank(), { attemptTimeoutMs: 5_000, callMs: 20_000 })).toThrow(
      "shorter than the breaker's reset time",
    );
  });

  it('must have a call time-out of at least one attempt', () => {
    expect(() => callerOf('alder', new ScriptedBank(), { callMs: 1_000 })).toThrow('time for one attempt');
  });
});
