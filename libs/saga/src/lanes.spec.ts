import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import * as fc from 'fast-check';
import { Lanes } from './lanes.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A batch stays in flight until the test ends it. An item is its lane's letter and a number. */
function given(options: { maxBatch?: number; maxInFlight?: number } = {}) {
  const clock = new FakeClock();
  const batches: { items: string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const lanes = new Lanes<string, string>({
    run: (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, end: () => resolve(items.map((item) => `done ${item}`)), fail: reject });
      }),
    laneOf: (item) => item[0]!,
    clock,
    maxBatch: 8,
    maxPerLane: 4,
    maxInFlight: 2,
    slowAfterMs: 20,
    ...options,
  });
  const submit = (...items: string[]): Promise<PromiseSettledResult<string>[]> =>
    Promise.allSettled(items.map((item) => lanes.submit(item)));
  const started = (): string[] => batches.map(({ items }) => items.join(' '));
  return { clock, batches, lanes, submit, started };
}

describe('lanes', () => {
  it('share a batch, and gather behind the one in flight', async () => {
    const { batches, submit, started } = given();
    const first = submit('a1', 'b1');
    await turn();
    const second = submit('a2', 'c1', 'c2');
    await turn();
    expect(started()).toEqual(['a1 b1']);
    batches[0]!.end();
    expect(await first).toMatchObject([{ value: 'done a1' }, { value: 'done b1' }]);
    await turn();
    expect(started()).toEqual(['a1 b1', 'a2 c1 c2']);
    batches[1]!.end();
    await second;
  });

  it('go on beside a slow batch, except those in it', async () => {
    const { clock, batches, submit, started } = given();
    void submit('a1', 'b1');
    await turn();
    void submit('a2', 'c1');
    await clock.advance(19);
    await turn();
    expect(started()).toEqual(['a1 b1']);
    await clock.advance(1);
    await turn();
    expect(started()).toEqual(['a1 b1', 'c1']);
    batches[1]!.end();
    await turn();
    await turn();
    expect(started()).toHaveLength(2);
    batches[0]!.end();
    await turn();
    await turn();
    expect(started()).toEqual(['a1 b1', 'c1', 'a2']);
  });

  it('keep the limit of batches in flight, however slow these are', async () => {
    const { clock, submit, started } = given();
    for (const item of ['a1', 'b1', 'c1']) {
      void submit(item);
      await turn();
      await clock.advance(20);
      await turn();
    }
    expect(started()).toEqual(['a1', 'b1']);
  });

  it('are isolated after a slow batch of theirs has failed, until they succeed', async () => {
    const { clock, batches, submit, started } = given();
    const failing = submit('a1', 'b1');
    await turn();
    await clock.advance(20);
    batches[0]!.fail(new Error('waited too long for a lock'));
    expect(await failing).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    void submit('a2', 'b2', 'c1');
    await turn();
    batches[1]!.end();
    await turn();
    await turn();
    batches[2]!.end();
    await turn();
    await turn();
    batches[3]!.end();
    await turn();
    void submit('a3', 'b3');
    await turn();
    expect(started()).toEqual(['a1 b1', 'a2', 'b2', 'c1', 'a3 b3']);
  });

  it('drain once every item has settled', async () => {
    const { batches, lanes, submit } = given();
    await lanes.drain();
    void submit('a1');
    let drained = false;
    const draining = lanes.drain().then(() => (drained = true));
    await turn();
    expect({ drained, pending: lanes.pending }).toEqual({ drained: false, pending: 1 });
    batches[0]!.end();
    await draining;
    expect(lanes.pending).toBe(0);
  });

  it('answer every item once, in the order of its lane, and a lane is in one batch at a time', async () => {
    const items = fc.array(fc.record({ lane: fc.constantFrom('a', 'b', 'c'), pauseMs: fc.constantFrom(0, 0, 5, 25) }), {
      minLength: 1,
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), items, fc.integer({ min: 1, max: 4 }), async (scheduler, some, maxBatch) => {
        const clock = new FakeClock();
        const busy = new Set<string>();
        const order: string[] = [];
        const lanes = new Lanes<string, string>({
          laneOf: (item) => item[0]!,
          clock,
          maxBatch,
          maxPerLane: 2,
          maxInFlight: 3,
          slowAfterMs: 20,
          run: async (batch) => {
            const own = new Set(batch.map((item) => item[0]!));
            expect(batch.length).toBeLessThanOrEqual(maxBatch);
            for (const lane of own) expect(busy.has(lane)).toBe(false);
            for (const lane of own) busy.add(lane);
            order.push(...batch);
            await scheduler.schedule(Promise.resolve());
            for (const lane of own) busy.delete(lane);
            return batch;
          },
        });
        const results: Promise<string>[] = [];
        for (const [n, { lane, pauseMs }] of some.entries()) {
          results.push(lanes.submit(`${lane}${n}`));
          if (pauseMs > 0) await turn();
          await clock.advance(pauseMs);
        }
        await scheduler.waitFor(lanes.drain());
        expect(await Promise.all(results)).toEqual(some.map(({ lane }, n) => `${lane}${n}`));
        for (const lane of ['a', 'b', 'c'])
          expect(order.filter((item) => item.startsWith(lane))).toEqual(
            some.flatMap((each, n) => (each.lane === lane ? [`${lane}${n}`] : [])),
          );
      }),
    );
  });
});
