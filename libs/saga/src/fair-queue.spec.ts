import { describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

const none = (_lane: string): boolean => false;
const terms = { max: 256, maxPerLane: 64, isBusy: none, isApart: none };

function given(waiting: Record<string, number>): FairQueue<string> {
  const queue = new FairQueue<string>();
  for (const [lane, count] of Object.entries(waiting)) for (let n = 1; n <= count; n++) queue.push(lane, `${lane}${n}`);
  return queue;
}
const taken = (queue: FairQueue<string>, some: Partial<typeof terms> = {}): string[] =>
  queue.take({ ...terms, ...some }).map(({ item }) => item);

describe('the next batch', () => {
  it('takes one of each lane in turn, and keeps the order within a lane', () => {
    expect(taken(given({ a: 3, b: 1, c: 2 }))).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('has room for a quiet lane, however long the queue of a noisy one', () => {
    const queue = given({ noisy: 2_000 });
    queue.push('quiet', 'quiet1');
    const batch = taken(queue);
    expect(batch).toContain('quiet1');
    expect(batch).toHaveLength(65);
    expect(queue.size).toBe(2_001 - 65);
  });

  it('may be filled by one lane while no other waits', () => {
    expect(taken(given({ a: 300 }))).toHaveLength(256);
  });

  it('begins with the lanes that had no room in the last batch', () => {
    const queue = given({ a: 2, b: 2, c: 2 });
    expect([taken(queue, { max: 2 }), taken(queue, { max: 2 }), taken(queue, { max: 2 })]).toEqual([
      ['a1', 'b1'],
      ['c1', 'a2'],
      ['b2', 'c2'],
    ]);
  });

  it('skips busy lanes, and gives an isolated lane a batch of its own', () => {
    const queue = given({ a: 1, b: 1, c: 1 });
    const isApart = (lane: string): boolean => lane === 'b';
    expect(taken(queue, { isBusy: (lane) => lane === 'c', isApart })).toEqual(['a1']);
    expect(taken(queue, { isApart })).toEqual(['b1']);
    expect(taken(queue, { isApart })).toEqual(['c1']);
    expect(queue.size).toBe(0);
    expect(taken(queue)).toEqual([]);
  });
});
