import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from '#clock';
import { bankProtocol } from '#contracts';
import { BankCallers } from './bank-callers.js';
import { defaultLimits, type IsolatedLimits } from './bank-config.js';
import { aimOf, isolatedTo, type Aim, type BankOrder } from './bank-order.js';
import type { Attempt, BankPort, SendOptions, WireResult } from './bank-port.js';
import type { BreakerTransition } from './breaker-transition.js';
import {
  approved,
  authorize,
  brokenInside,
  capture,
  hang,
  inquire,
  notFound,
  reverse,
} from './testing/scripted-bank.js';

const clock = new SystemClock();
const made: BankCallers[] = [];

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  for (const callers of made.splice(0)) callers.close();
  jest.useRealTimers();
});

const withToken = (account: string, fault = 'tok_fault_authorize_error_3_on_discover') => ({ account, fault });
const plain = (account: string) => ({ account });

/** A bank that fails requests with a token, and all others while `outage` is set. */
class TokenBank implements BankPort {
  outage = false;
  inOutage: WireResult = brokenInside;
  struck: WireResult | ((options: SendOptions) => Promise<WireResult>) = brokenInside;

  async send(_bank: string, request: bankProtocol.BankRequest, options: SendOptions): Promise<WireResult> {
    if (this.outage) return this.inOutage;
    const hasToken = 'fault' in request && request.fault !== undefined;
    if (hasToken) return typeof this.struck === 'function' ? this.struck(options) : this.struck;
    return request.kind === 'inquire' ? notFound : approved;
  }
}

function given(isolated: Partial<IsolatedLimits> = {}, retryBudget = defaultLimits.retryBudget) {
  const bank = new TokenBank();
  const transitions: BreakerTransition[] = [];
  const inFlight = { shared: 0, isolated: 0 };
  const callers = new BankCallers({
    config: {
      ...bankProtocol.bankProfiles.dogwood,
      url: 'http://127.0.0.1:0',
      limits: { ...defaultLimits, retryBudget, isolated: { ...defaultLimits.isolated, ...isolated } },
    },
    port: bank,
    clock,
    observer: {
      transitioned: (transition) => transitions.push(transition),
      inFlightChanged: (_, count) => void (inFlight.shared = count),
      isolatedInFlightChanged: (_, count) => void (inFlight.isolated = count),
    },
  });
  made.push(callers);
  return { bank, callers, transitions, inFlight, call: callThrough(callers) };
}

let attempts = 0;
const attempt = (): Attempt => ({ id: `at_${++attempts}`, begunAtMs: clock.monotonicMs(), validUntil: 10_000 });

/** Makes one call for a charge. @returns its outcome as a word */
const callThrough =
  (callers: BankCallers) =>
  async (aim: Aim, order: BankOrder = authorize): Promise<string> => {
    const aimed = { ...order, ...aim } as BankOrder;
    const { outcome } = await callers.for(aimOf(aimed)).call(aimed, { attempt: attempt() });
    return outcome.kind === 'answered' ? outcome.answer.state : outcome.reason;
  };

describe('a charge that carries a fault token', () => {
  it('opens the isolated breaker of its account, and no attempt of another account is refused', async () => {
    const { callers, call, transitions } = given();
    for (let n = 0; n < 3; n++) expect(await call(withToken('acct_a'))).toBe('status_500');
    expect(await call(withToken('acct_a'))).toBe('breaker_open');
    for (let n = 0; n < 60; n++) {
      expect(await call(plain('acct_b'))).toBe('approved');
      expect(await call(plain('acct_a'))).toBe('approved');
    }
    expect(await call(withToken('acct_c'))).toBe('status_500');
    expect(callers.shared.state('movements')).toBe('closed');
    expect(transitions).toMatchObject([{ isolatedTo: 'acct_a', lane: 'movements', from: 'closed', to: 'open' }]);
  });

  it('has isolated breakers for both lanes, movements and inquiries', async () => {
    const { callers, call } = given();
    for (const order of [authorize, capture, reverse]) await call(withToken('acct_a'), order);
    for (let n = 0; n < 3; n++) await call(withToken('acct_a'), inquire);
    const own = callers.for(withToken('acct_a'));
    expect([own.state('movements'), own.state('inquiries')]).toEqual(['open', 'open']);
    expect([callers.shared.state('movements'), callers.shared.state('inquiries')]).toEqual(['closed', 'closed']);
    expect(await call(plain('acct_b'), inquire)).toBe('not_found');
  });

  it('is recognized by its token: a statement and a charge without one are ordinary traffic', () => {
    const statement = { kind: 'statement', after: 0, limit: 1 } as const;
    expect(isolatedTo(aimOf(statement))).toBeUndefined();
    expect(isolatedTo({ account: 'acct_a', fault: null })).toBeUndefined();
    expect(isolatedTo(withToken('acct_a'))).toBe('acct_a');
  });

  it('has an isolated retry budget', async () => {
    const oneRetry = { windowMs: 10_000, ratio: 0, minPerSecond: 0.1 };
    const { callers, bank } = given({}, oneRetry);
    const attemptsMade = async (aim: Aim): Promise<number> => {
      const order = { ...authorize, ...aim } as BankOrder;
      const ended = callers.for(aim).call(order, { attempt: attempt(), beforeReattempt: async () => attempt() });
      await jest.advanceTimersByTimeAsync(1_000);
      return (await ended).attempts.length;
    };
    bank.struck = bank.inOutage = { kind: 'not_written', cause: 'connection_refused' };
    expect(await attemptsMade(withToken('acct_a'))).toBe(2);
    expect(await attemptsMade(withToken('acct_a'))).toBe(1);
    expect(await attemptsMade(withToken('acct_b'))).toBe(2);
    bank.outage = true;
    expect(await attemptsMade(plain('acct_a'))).toBe(2);
    expect(await attemptsMade(plain('acct_a'))).toBe(1);
  });

  it('when it hangs, fills its account’s slots, then the isolated bulkhead, and no slot of ordinary traffic', async () => {
    const { callers, bank, call, inFlight } = given({ inFlight: 20, inFlightPerAccount: 8 });
    bank.struck = hang;
    const hanging: Promise<string>[] = [];
    for (const account of ['acct_a', 'acct_b', 'acct_c'])
      for (let n = 0; n < 9; n++) hanging.push(call(withToken(account)));
    expect(inFlight).toEqual({ shared: 0, isolated: 20 });
    expect(callers.isolatedFree).toBe(0);
    expect(await hanging[8]).toBe('bulkhead_full');
    expect(await call(withToken('acct_d'))).toBe('bulkhead_full');
    expect(callers.shared.freeSlots).toBe(64);
    for (let n = 0; n < 60; n++) expect(await call(plain('acct_a'))).toBe('approved');
    await jest.advanceTimersByTimeAsync(2_000);
    await Promise.all(hanging);
    expect(inFlight).toEqual({ shared: 0, isolated: 0 });
  });
});

describe('an outage of the bank', () => {
  const outage = async ({ bank, call }: ReturnType<typeof given>): Promise<void> => {
    bank.outage = true;
    for (let n = 0; n < 3; n++) await call(plain('acct_b'));
  };

  it('that opened the shared breaker also stops charges with tokens', async () => {
    const bank = given();
    await outage(bank);
    const own = bank.callers.for(withToken('acct_a'));
    expect(own.untilProbeMs('movements')).toBe(5_000);
    expect(await bank.call(withToken('acct_a'))).toBe('breaker_open');
    expect(own.state('movements')).toBe('closed');
  });

  it('ends for them without ordinary traffic, and they are not its probe', async () => {
    const bank = given();
    await outage(bank);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(bank.callers.shared.state('movements')).toBe('half_open');
    expect(bank.callers.for(withToken('acct_a')).untilProbeMs('movements')).toBe(0);
    expect(await bank.call(withToken('acct_a'))).toBe('status_500');
    expect(bank.callers.shared.state('movements')).toBe('half_open');
    bank.bank.outage = false;
    expect(await bank.call(plain('acct_b'))).toBe('approved');
    expect(bank.callers.shared.state('movements')).toBe('closed');
  });

  it('that only charges with tokens meet opens isolated breakers, and does not stop ordinary traffic', async () => {
    const { bank, call, callers } = given();
    bank.outage = true;
    for (let n = 0; n < 3; n++) await call(withToken('acct_a'));
    expect(callers.for(withToken('acct_a')).state('movements')).toBe('open');
    expect(callers.for(plain('acct_b')).untilProbeMs('movements')).toBe(0);
  });
});

describe('callers of single accounts', () => {
  it('are limited: the least recently used is evicted', async () => {
    const { callers, call } = given({ inFlight: 2, callers: 3 });
    for (const account of ['acct_1', 'acct_2', 'acct_3']) await call(withToken(account));
    const [first, second] = [callers.for(withToken('acct_1')), callers.for(withToken('acct_2'))];
    callers.for(withToken('acct_4'));
    expect(callers.isolatedCount).toBe(3);
    expect(callers.for(withToken('acct_1'))).toBe(first);
    expect(callers.for(withToken('acct_2'))).toBe(second);
    for (let n = 0; n < 10_000; n++) callers.for(withToken(`acct_of_many_${n}`));
    expect(callers.isolatedCount).toBe(3);
  });

  it('are evicted after an idle minute, with a transition `evicted` of their open breaker', async () => {
    const { callers, call, transitions } = given();
    for (let n = 0; n < 3; n++) await call(withToken('acct_a'));
    await jest.advanceTimersByTimeAsync(60_001);
    callers.for(withToken('acct_b'));
    expect(callers.isolatedCount).toBe(1);
    expect(transitions.at(-1)).toMatchObject({
      isolatedTo: 'acct_a',
      from: 'half_open',
      to: 'closed',
      cause: 'evicted',
    });
    expect(callers.for(withToken('acct_a')).state('movements')).toBe('closed');
  });

  it('are kept while a call is in flight or a slot is reserved', async () => {
    const { callers, bank, call, inFlight } = given({ inFlight: 2, callers: 3 });
    bank.struck = (options) => hang(options);
    const hanging = call(withToken('acct_a'));
    const own = callers.for(withToken('acct_b'));
    const slot = own.tryReserve()!;
    for (let n = 0; n < 10; n++) callers.for(withToken(`acct_${n}`));
    expect(inFlight.isolated).toBe(2);
    expect(callers.for(withToken('acct_b'))).toBe(own);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await hanging).toBe('timeout');
    slot.release();
    expect(inFlight.isolated).toBe(0);
  });

  it('let no call pass after `close`, also when they are made later', async () => {
    const { callers, call } = given();
    callers.close();
    expect(await call(withToken('acct_a'))).toBe('breaker_open');
    expect(await call(plain('acct_a'))).toBe('breaker_open');
  });
});
