import { afterEach, beforeEach, describe, expect, jest } from '@jest/globals';
import type { WireResult } from '#bank-call';
import { SystemClock } from '#clock';
import type { bankProtocol } from '#contracts';
import { approved, overloaded, reset } from '../../libs/bank-call/src/testing/scripted-bank.js';
import { bothVersions } from './both-versions.js';
import { hardenedRetry } from './hardened-retry.js';
import { naiveRetry } from './naive-retry.js';

/** Makes what calls a bank, by what happens on the wire. */
type Make = (bank: bankProtocol.BankName, send: () => Promise<WireResult>) => () => Promise<void>;

const clock = new SystemClock();
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

const naive: Make = (_, send) => async () => {
  await naiveRetry(clock, async () => {
    const fact = await send();
    if (fact !== approved) throw new Error('no answer, or none that helps');
  });
};

/** Makes so many calls at once, and lets them run to their end. */
async function together(calls: number, call: () => Promise<void>, forMs = 10_000): Promise<void> {
  const all = Promise.allSettled(Array.from({ length: calls }, call));
  await jest.advanceTimersByTimeAsync(forMs);
  await all;
}

describe('retry with backoff and jitter', () => {
  bothVersions<Make>(
    { naive, hardened: (bank, send) => hardenedRetry(clock, bank, send) },
    {
      async 'what may have moved money is not sent twice to a bank that would perform it twice'(make) {
        let performed = 0;
        // The bank performs the charge, and its answer is lost.
        const call = make('cedar', async () => {
          performed += 1;
          return reset;
        });
        await together(1, call);
        expect(performed).toBe(1);
      },
      async 'callers that were turned away together do not come back together'(make) {
        const backAtMs: number[] = [];
        const callers = Array.from({ length: 50 }, () => {
          let attempts = 0;
          return make('alder', async () => {
            attempts += 1;
            if (attempts === 1) return overloaded;
            backAtMs.push(clock.monotonicMs());
            return approved;
          });
        });
        const all = Promise.allSettled(callers.map((call) => call()));
        await jest.advanceTimersByTimeAsync(10_000);
        await all;
        const inSlot = (atMs: number): number => backAtMs.filter((each) => each >= atMs && each < atMs + 10).length;
        const busiest = Math.max(...backAtMs.map(inSlot));
        expect(busiest).toBeLessThan(20);
      },
      async 'a bank that struggles is asked at most a tenth more'(make) {
        let asked = 0;
        let calls = 0;
        // Every fourth attempt is refused: too few to open a breaker.
        const call = make('alder', async () => (++asked % 4 === 0 ? overloaded : approved));
        for (let halfSecond = 0; halfSecond < 20; halfSecond += 1) {
          await together(60, call, 500);
          calls += 60;
        }
        expect(asked).toBeLessThanOrEqual(calls * 1.1 + 10);
      },
    },
  );
});
