import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { SingleFlight } from './single-flight.js';

interface Ending {
  readonly failure: Error | undefined;
}

/** Runs that the test ends one by one, each with what the calls have been told of it. */
function underTest() {
  const runs: { readonly askedBefore: number; end: (failure?: Error) => void }[] = [];
  const endings: (Ending | undefined)[] = [];
  let asked = 0;
  let running = 0;
  let mostRunning = 0;
  const flight = new SingleFlight(async () => {
    mostRunning = Math.max(mostRunning, ++running);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    runs.push({ askedBefore: asked, end: (failure) => (failure ? reject(failure) : resolve()) });
    await promise.finally(() => running--);
  });
  const ask = (): void => {
    const call = asked++;
    flight.ask().then(
      () => (endings[call] = { failure: undefined }),
      (failure: Error) => (endings[call] = { failure }),
    );
  };
  return { flight, runs, endings, ask, calls: () => asked, mostRunning: () => mostRunning };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe('single flight', () => {
  it('ends each call with the first run that begins at or after it, and never makes two runs at once', async () => {
    const steps = fc.array(fc.constantFrom('ask', 'ask', 'end', 'fail'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, async (words) => {
        const { flight, runs, endings, ask, calls, mostRunning } = underTest();
        const failures: (Error | undefined)[] = [];
        const endOne = async (failure?: Error): Promise<void> => {
          if (failures.length === runs.length) return;
          runs[failures.length]!.end(failure);
          failures.push(failure);
          await settled();
        };
        for (const word of words) {
          if (word === 'ask') ask();
          else await endOne(word === 'fail' ? new Error('the run failed') : undefined);
        }
        while (failures.length < runs.length) await endOne();
        await flight.idle();

        expect(mostRunning()).toBeLessThanOrEqual(1);
        expect(runs.length).toBeLessThanOrEqual(calls());
        for (let call = 0; call < calls(); call += 1) {
          const run = runs.findIndex(({ askedBefore }) => askedBefore > call);
          expect(endings[call]).toEqual({ failure: failures[run] });
        }
      }),
    );
  });

  it('runs once more for all calls that come during a run', async () => {
    const { runs, endings, ask } = underTest();
    for (let call = 0; call < 5; call += 1) ask();
    expect(runs).toHaveLength(1);
    runs[0]!.end();
    await settled();
    expect(runs).toHaveLength(2);
    expect(endings).toEqual([{ failure: undefined }]);
    runs[1]!.end();
    await settled();
    expect(runs).toHaveLength(2);
    expect(endings).toHaveLength(5);
  });

  it('is asked from inside its run, and runs again', async () => {
    let left = 3;
    let running = 0;
    const flight: SingleFlight = new SingleFlight(async () => {
      expect(++running).toBe(1);
      if (--left > 0) void flight.ask();
      await Promise.resolve();
      running -= 1;
    });
    await flight.ask();
    await flight.idle();
    expect(left).toBe(0);
  });

  it('begins no run once it is closed, and closes when the one under way has ended', async () => {
    const { flight, runs, endings, ask } = underTest();
    ask();
    ask();
    let closed = false;
    const closing = flight.close().then(() => (closed = true));
    ask();
    await settled();
    expect(closed).toBe(false);
    runs[0]!.end(new Error('the run failed'));
    await closing;
    await settled();
    expect(runs).toHaveLength(1);
    expect(endings).toEqual([{ failure: expect.any(Error) }, { failure: undefined }, { failure: undefined }]);
  });
});
