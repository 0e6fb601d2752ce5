import { afterEach, beforeEach, describe, expect, jest } from '@jest/globals';
import type { WireResult } from '#bank-call';
import { SystemClock } from '#clock';
import type { bankProtocol } from '#contracts';
import { approved, overloaded, reset } from '../../libs/bank-call/src/testing/scripted-bank.js';
import { bothVersions } from './both-versions.js';
import { hardenedRetry } from './hardened-retry.js';
import { naiveRetry } from './naive-retry.js';

/** Makes a caller of a bank, given the wire's result of each attempt. */
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
    if (fact !== approved) throw new Error('no definite answer');
  });
};

/** Makes concurrent calls and waits until they end. */
async function together(calls: number, call: () => Promise<void>, forMs = 10_000): Promise<void> {
  const all = Promise.allSettled(Array.from({ length: calls }, call));
  await jest.advanceTimersByTimeAsync(forMs);
  await all;
}

describe('retry with backoff and jitter', () => {
  bothVersions<Make>(
    { naive, hardened: (bank, send) => hardenedRetry(clock, bank, send) },
    {
      async 'an attempt in doubt is not sent again to a bank that is not idempotent'(make) {
        let performed = 0;
        // The bank performs the charge, but its answer is lost.
        const call = make('cedar', async () => {
          performed += 1;
          return reset;
        });
        await together(1, call);
        expect(performed).toBe(1);
      },
      async 'callers that were refused at the same moment retry at different moments'(make) {
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
      async 'retries add at most a tenth to the load of a failing bank'(make) {
        let asked = 0;
        let calls = 0;
        // Every fourth attempt is refused: too few failures to open a breaker.
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
