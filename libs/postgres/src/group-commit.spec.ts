import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { GroupCommit } from './group-commit.js';

/** Each batch stays in flight until the test ends it. */
function gatedBatches() {
  const batches: { items: number[]; end: () => void; fail: (error: Error) => void }[] = [];
  const run = (items: number[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      batches.push({ items, end: () => resolve(items.map((item) => `done ${item}`)), fail: reject });
    });
  return { batches, run };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('GroupCommit', () => {
  it('batches items that are submitted in one turn of the event loop', async () => {
    const { batches, run } = gatedBatches();
    const commits = new GroupCommit({ run, maxBatch: 10 });
    const results = [1, 2, 3].map((item) => commits.submit(item));
    expect(batches).toHaveLength(0);
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    batches[0]!.end();
    expect(await Promise.all(results)).toEqual(['done 1', 'done 2', 'done 3']);
  });

  it('gathers behind the batch in flight, including items of the turn in which it ends', async () => {
    const { batches, run } = gatedBatches();
    const commits = new GroupCommit({ run, maxBatch: 2 });
    const first = commits.submit(1);
    await turn();
    const others = [commits.submit(2)];
    await turn();
    expect(batches).toHaveLength(1);
    batches[0]!.end();
    await first;
    others.push(commits.submit(3), commits.submit(4));
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3]]);
    batches[1]!.end();
    await others[1];
    await turn();
    batches[2]!.end();
    expect(await Promise.all(others)).toEqual(['done 2', 'done 3', 'done 4']);
  });

  it('keeps up to `maxInFlight` batches in flight', async () => {
    const { batches, run } = gatedBatches();
    const commits = new GroupCommit({ run, maxBatch: 1, maxInFlight: 2 });
    for (const item of [1, 2, 3]) void commits.submit(item);
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1], [2]]);
  });

  it('rejects every item of a batch that failed, and only those', async () => {
    const { batches, run } = gatedBatches();
    const commits = new GroupCommit({ run, maxBatch: 2 });
    const results = [1, 2, 3].map((item) => commits.submit(item));
    const settled = Promise.allSettled(results);
    await turn();
    batches[0]!.fail(new Error('no disk'));
    await Promise.allSettled(results.slice(0, 2));
    await turn();
    batches[1]!.end();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(commits.pending).toBe(0);
  });

  it('turns a synchronous throw of `run` into a rejection', async () => {
    const commits = new GroupCommit<number, number>({
      run: () => {
        throw new Error('broken');
      },
      maxBatch: 2,
    });
    await expect(commits.submit(1)).rejects.toThrow('broken');
  });

  it('rejects a batch whose `run` did not answer every item', async () => {
    const commits = new GroupCommit<number, number>({ run: async () => [], maxBatch: 2 });
    await expect(commits.submit(1)).rejects.toThrow('a batch must answer every item');
  });

  it('drains once all items have settled', async () => {
    const { batches, run } = gatedBatches();
    const commits = new GroupCommit({ run, maxBatch: 1 });
    await commits.drain();
    void commits.submit(1);
    void commits.submit(2);
    let drained = false;
    const draining = commits.drain().then(() => (drained = true));
    await turn();
    batches[0]!.end();
    await turn();
    await turn();
    expect({ drained, pending: commits.pending }).toEqual({ drained: false, pending: 1 });
    batches[1]!.end();
    await draining;
    expect(commits.pending).toBe(0);
  });

  it('answers every item once, in order, in batches within bounds, under any timing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
        async (scheduler, maxBatch, maxInFlight, pauses) => {
          let inFlight = 0;
          const started: number[] = [];
          const commits = new GroupCommit<number, number>({
            maxBatch,
            maxInFlight,
            run: async (items) => {
              expect(items.length).toBeLessThanOrEqual(maxBatch);
              expect(++inFlight).toBeLessThanOrEqual(maxInFlight);
              started.push(...items);
              await scheduler.schedule(Promise.resolve());
              inFlight--;
              return items.map((item) => item * 2);
            },
          });
          const results: Promise<number>[] = [];
          for (const [item, pause] of pauses.entries()) {
            results.push(commits.submit(item));
            if (pause) await turn();
          }
          await scheduler.waitFor(commits.drain());
          expect(await Promise.all(results)).toEqual(pauses.map((_, item) => item * 2));
          expect(started).toEqual(pauses.map((_, item) => item));
        },
      ),
    );
  });
});
