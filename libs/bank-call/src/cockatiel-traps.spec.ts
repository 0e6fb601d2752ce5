import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  BrokenCircuitError,
  bulkhead,
  ConstantBackoff,
  ExponentialBackoff,
  fullJitterGenerator,
  handleAll,
  isTaskCancelledError,
  retry,
  timeout,
  TimeoutStrategy,
} from 'cockatiel';
import { fullJitterMs, SystemClock } from '#clock';
import { AttemptTimeout } from './attempt-timeout.js';
import { defaultLimits } from './bank-config.js';
import { bankPolicy, type BankPolicy } from './bank-policy.js';
import { Bulkhead } from './bulkhead.js';
import { fullJitter } from './full-jitter.js';

// Each trap is tested twice: on cockatiel alone, and with the cure. A version without the trap fails the first test.

const clock = new SystemClock();
let policy: BankPolicy;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  policy = bankPolicy(defaultLimits, clock, { onInFlight: () => {}, onMove: () => {} });
});
afterEach(() => {
  for (const breaker of Object.values(policy.breakers)) breaker.shutdown();
  jest.useRealTimers();
});

/** @returns how often a retry policy runs work with this result */
async function runs(execute: (work: () => Promise<unknown>) => Promise<unknown>, end: () => unknown): Promise<number> {
  let count = 0;
  const call = execute(async () => {
    count += 1;
    return end();
  }).catch(() => undefined);
  await jest.advanceTimersByTimeAsync(60_000);
  await call;
  return count;
}

const refuse = (): never => {
  throw new BrokenCircuitError();
};

describe('it retries every handled error, an open circuit too', () => {
  it('cockatiel alone: a breaker that refuses is asked again and again', async () => {
    const naive = retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(100) });
    expect(await runs((work) => naive.execute(work), refuse)).toBe(4);
  });

  it('cured: nothing that is thrown is retried', async () => {
    expect(await runs((work) => policy.retry.execute(work), refuse)).toBe(1);
  });
});

describe('its maxAttempts counts retries', () => {
  it('cockatiel alone: 2 of them are three attempts', async () => {
    const naive = retry(handleAll, { maxAttempts: 2, backoff: new ConstantBackoff(100) });
    expect(await runs((work) => naive.execute(work), refuse)).toBe(3);
  });

  it('cured: a limit of two attempts is two attempts', async () => {
    expect(
      await runs(
        (work) => policy.retry.execute(work),
        () => ({ again: true }),
      ),
    ).toBe(defaultLimits.attempts);
  });
});

describe('an abort does not end its backoff', () => {
  it('cockatiel alone: it waits to the end, and makes another attempt', async () => {
    const naive = retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(1_000) });
    const stop = new AbortController();
    let attempts = 0;
    const call = naive
      .execute(async () => {
        attempts += 1;
        throw new Error('the bank is away');
      }, stop.signal)
      .catch(() => undefined);
    await jest.advanceTimersByTimeAsync(100);
    stop.abort();
    await jest.advanceTimersByTimeAsync(900);
    await call;
    expect(attempts).toBe(2);
  });

  // Cured in BankCaller: bank-caller.spec.ts, `is not made by a call that is aborted during its backoff`.
});

describe('its full jitter draws from Math.random', () => {
  const waits = (backoff: ExponentialBackoff<number>, count: number): number[] => {
    let next = backoff.next();
    return Array.from({ length: count }, () => {
      const { duration } = next;
      next = next.next({});
      return duration;
    });
  };
  const limits = { initialDelay: 200, maxDelay: 1_000 };

  it('cockatiel alone: a seed does not reproduce it', () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
    waits(new ExponentialBackoff({ ...limits, generator: fullJitterGenerator }), 3);
    expect(random).toHaveBeenCalled();
    random.mockRestore();
  });

  it('cured: the same formula, with an injected source of randomness', () => {
    const backoff = new ExponentialBackoff({ ...limits, generator: fullJitter(() => 0.5) });
    expect(waits(backoff, 5)).toEqual([100, 200, 400, 500, 500]);
    const durable = [1, 2, 3, 4, 5].map((n) => fullJitterMs(n, { baseMs: 200, capMs: 1_000 }, () => 0.5));
    expect(waits(backoff, 5)).toEqual(durable);
  });
});

describe('its time-out has one of two strategies', () => {
  const ignoresItsSignal = (): Promise<string> => new Promise(() => {});
  const saysWhatItKnows = ({ signal }: { signal: AbortSignal }): Promise<string> =>
    new Promise((resolve) => signal.addEventListener('abort', () => setTimeout(() => resolve('not written'), 10)));
  const ended = async (call: Promise<string>): Promise<string> => {
    const end = call.catch((error: unknown) => (isTaskCancelledError(error) ? 'cancelled' : 'bug'));
    const pending = new Promise<string>((resolve) => {
      setTimeout(() => resolve('pending'), 60_000);
    });
    const first = Promise.race([end, pending]);
    await jest.advanceTimersByTimeAsync(60_000);
    return first;
  };

  it('cockatiel alone: cooperative waits forever, aggressive discards the result', async () => {
    const cooperative = timeout(2_000, TimeoutStrategy.Cooperative);
    const aggressive = timeout(2_000, TimeoutStrategy.Aggressive);
    expect(await ended(cooperative.execute(ignoresItsSignal))).toBe('pending');
    expect(await ended(aggressive.execute(saysWhatItKnows))).toBe('cancelled');
  });

  it('cured: cooperative first, aggressive after a grace period', async () => {
    const both = new AttemptTimeout(clock, 2_000);
    expect(await ended(both.execute(ignoresItsSignal))).toBe('cancelled');
    expect(await ended(both.execute(saysWhatItKnows))).toBe('not written');
  });
});

describe('its bulkhead takes a slot when the work starts', () => {
  it('cockatiel alone: an attempt is refused after its `begun` was committed', async () => {
    const naive = bulkhead(1);
    const begun: number[] = [];
    const call = async (n: number): Promise<unknown> => {
      begun.push(n);
      return naive.execute(() => Promise.resolve('answered'));
    };
    const ends = await Promise.allSettled([call(1), call(2)]);
    expect([begun.length, ends.filter(({ status }) => status === 'fulfilled').length]).toEqual([2, 1]);
  });

  it('cured: the slot is taken first, so no attempt is refused after its `begun`', () => {
    const slots = new Bulkhead(1);
    const begun = [1, 2].filter(() => slots.tryReserve() !== undefined);
    expect(begun).toEqual([1]);
  });
});
