import { describe, expect, it } from '@jest/globals';
import { ListLane } from './list-lane.js';

const limits = { atOnceMax: 3, atOncePerAccountMax: 2, waitingPerAccountMax: 4 };
const settled = () => new Promise((resolve) => setImmediate(resolve));

function laneUnderTest() {
  const lane = new ListLane(limits, () => new Error('too many'));
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const list = (name: string): Promise<void> =>
    lane.run(name[0]!, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)!();
    await settled();
  };
  return { begun, list, end };
}

describe('the lane of lists', () => {
  it('reads so many at once, of one account fewer, and the others in turn', async () => {
    const { begun, list, end } = laneUnderTest();
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'c2'].map(list);
    await settled();
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    await end('b1');
    expect(begun.at(-1)).toBe('c1');
    await end('a1');
    expect(begun.at(-1)).toBe('a3');
    await end('a2');
    expect(begun.at(-1)).toBe('c2');
    for (const name of ['a3', 'c1', 'c2', 'a4']) await end(name);
    await Promise.all(all);
    expect(begun).toHaveLength(7);
  });

  it('refuses an account that has too many waiting, and no other', async () => {
    const { begun, list, end } = laneUnderTest();
    const one = list('b1');
    for (let n = 1; n <= 6; n++) void list(`a${n}`);
    await expect(list('a7')).rejects.toThrow('too many');
    const other = list('b2');
    await settled();
    await end('b1');
    await end('a1');
    expect(begun).toContain('b2');
    await end('b2');
    await Promise.all([one, other]);
  });

  it('goes on after one that fails', async () => {
    const lane = new ListLane({ ...limits, atOnceMax: 1 }, () => new Error('too many'));
    const failing = lane.run('a', () => Promise.reject(new Error('no')));
    const next = lane.run('b', () => Promise.resolve('read'));
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('read');
  });
});
