import { afterEach, beforeEach, describe, expect, jest } from '@jest/globals';
import { SystemClock, type Clock } from '#clock';
import { bothVersions } from './both-versions.js';
import { hardenedBreaker } from './hardened-breaker.js';
import { NaiveBreaker } from './naive-breaker.js';

interface Breaker {
  execute<T>(call: () => Promise<T>): Promise<T>;
}
type Make = (clock: Clock) => Breaker;

const clock = new SystemClock();
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

const away = async (): Promise<never> => {
  throw new Error('the bank is down');
};
const answers = async (): Promise<string> => 'approved';
/** Number of calls that reach the bank. */
async function reach(breaker: Breaker, calls: number, call: () => Promise<unknown>): Promise<number> {
  let reached = 0;
  const counted = (): Promise<unknown> => {
    reached += 1;
    return call();
  };
  await Promise.allSettled(Array.from({ length: calls }, () => breaker.execute(counted)));
  return reached;
}

describe('circuit breaker', () => {
  bothVersions<Make>(
    { naive: (clock) => new NaiveBreaker(clock), hardened: hardenedBreaker },
    {
      async 'a half-open breaker lets one probe pass, not every waiting call'(make) {
        const breaker = make(clock);
        for (let n = 0; n < 3; n += 1) await reach(breaker, 1, away);
        await jest.advanceTimersByTimeAsync(5_000);
        expect(await reach(breaker, 100, away)).toBe(1);
      },
      async 'a slow success from before the outage does not close an open breaker'(make) {
        const breaker = make(clock);
        const slow = Promise.withResolvers<string>();
        const begunBefore = breaker.execute(() => slow.promise);
        for (let n = 0; n < 3; n += 1) await reach(breaker, 1, away);
        slow.resolve('approved');
        await begunBefore;
        expect(await reach(breaker, 10, away)).toBe(0);
      },
      async 'a bank that fails every second call opens the breaker'(make) {
        const breaker = make(clock);
        for (let n = 0; n < 10; n += 1) {
          await reach(breaker, 1, answers);
          await reach(breaker, 1, away);
        }
        expect(await reach(breaker, 10, away)).toBe(0);
      },
    },
  );
});
