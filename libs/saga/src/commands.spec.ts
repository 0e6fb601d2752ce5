import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import type { Work } from './batch.js';
import { Commands } from './commands.js';
import { answer, become } from './step.js';
import { StoreAway, tallies, tallyService, type Tally } from './testing/tally.js';

function given() {
  const { store, runner, clock } = tallyService();
  const commands = new Commands(runner, { clock });
  const add = (id: string, by: number): Work<Tally, number> => ({
    aggregate: tallies,
    key: { chargeId: id },
    decide(tally) {
      if (by === 13) throw new Error('thirteen is a bug');
      const total = tally.total + by;
      return answer(become({ ...tally, total }), total);
    },
  });
  return { store, commands, add };
}

describe('commands', () => {
  it('share one commit, and each gets its own answer', async () => {
    const { store, commands, add } = given();
    const answers = await Promise.all([
      commands.submit(add('ch_a', 1)),
      commands.submit(add('ch_a', 2)),
      commands.submit(add('ch_b', 5)),
    ]);
    expect(answers).toEqual([1, 3, 5]);
    expect(store.commits).toBe(1);
  });

  it('fail alone when they have a bug; the rest of the batch commits', async () => {
    const { store, commands, add } = given();
    const ends = await Promise.allSettled([1, 2, 13, 4, 5].map((by) => commands.submit(add(`ch_${by}`, by))));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(ends[2]).toMatchObject({ reason: { message: 'thirteen is a bug' } });
    expect([...store.books.tallies.keys()].sort()).toEqual(['ch_1', 'ch_2', 'ch_4', 'ch_5']);
  });

  it('all fail at once when the store is away, so that each caller may retry', async () => {
    const { store, commands, add } = given();
    store.away = 1;
    const ends = await Promise.allSettled([commands.submit(add('ch_a', 1)), commands.submit(add('ch_b', 1))]);
    for (const end of notEmpty(ends))
      expect(end).toMatchObject({ status: 'rejected', reason: expect.any(StoreAway) as unknown });
    expect(await commands.submit(add('ch_a', 1))).toBe(1);
  });
});
