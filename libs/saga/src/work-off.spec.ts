import { describe, expect, it } from '@jest/globals';
import { RowsFailedError, workOff } from './work-off.js';

class Away extends Error {}

/** Rows in the order of due time. A processed row is no longer due. */
function table(rows: readonly string[], options: { poisoned?: readonly string[]; stays?: readonly string[] } = {}) {
  const due = new Set(rows);
  const done: string[] = [];
  let transactions = 0;
  const run = (limit: number) =>
    workOff({
      due: (max, except) => Promise.resolve([...due].filter((row) => !except.includes(row)).slice(0, max)),
      idOf: (row) => row,
      work: (some) => {
        transactions++;
        const culprit = some.find((row) => options.poisoned?.includes(row));
        if (culprit) return Promise.reject(new Error(`${culprit} is poisoned`));
        for (const row of some) {
          done.push(row);
          if (!options.stays?.includes(row)) due.delete(row);
        }
        return Promise.resolve();
      },
      limit,
      isTransient: (error) => error instanceof Away,
    });
  return { run, due, done, transactions: () => transactions };
}

describe('working off what is due', () => {
  it('processes pages until no row is due', async () => {
    const { run, done, transactions } = table(['a', 'b', 'c', 'd', 'e']);
    await run(2);
    expect(done).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(transactions()).toBe(3);
  });

  it.each([1, 2, 3, 4, 100])('skips poison rows, %i at a time, and throws at the end', async (limit) => {
    const poisoned = ['a', 'b', 'e'];
    const { run, due, done } = table(['a', 'b', 'c', 'd', 'e', 'f', 'g'], { poisoned });
    await expect(run(limit)).rejects.toThrow(/a fails, and 2 more: a is poisoned/);
    expect(done).toEqual(['c', 'd', 'f', 'g']);
    expect([...due]).toEqual(poisoned);
  });

  it('names every row that failed, with its error', async () => {
    const { run } = table(['a', 'b', 'c'], { poisoned: ['b'] });
    const failed = await run(10).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RowsFailedError);
    expect([...(failed as RowsFailedError).failures]).toEqual([['b', new Error('b is poisoned')]]);
  });

  it('ends when only rows are due that another transaction has locked', async () => {
    const { run, done } = table(['a', 'b', 'c', 'd'], { stays: ['a', 'b'] });
    await run(2);
    expect(done).toEqual(['a', 'b']);
  });

  it('ends at once when the database is away', async () => {
    let calls = 0;
    const work = () => {
      calls++;
      return Promise.reject(new Away());
    };
    const parts = { idOf: (row: string) => row, work, limit: 10, isTransient: () => true };
    await expect(workOff({ ...parts, due: () => Promise.resolve(['a', 'b']) })).rejects.toThrow(Away);
    expect(calls).toBe(1);
  });
});
